"""From bytes to `Paper`: PubMed XML (`pubmed_xml`), MEDLINE (`nbib`) and JSON lines (`json_lines`).

Owns how a record is read, each alone, so that a broken one harms none. Never opens a file: edge/files.py does.
"""
