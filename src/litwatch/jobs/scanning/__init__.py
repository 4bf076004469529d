"""PubMed's own files as a source: which records match the watches, by their newest versions.

`one_file` reads a file, `many_files` several at once and again where they were left, `found` puts files together,
`archive` answers what the jobs ask of PubMed.
"""
