"""PubMed's language: `parse` (text to tree), `match` (tree and papers to Spans), `explain` (why, clause by clause).

Owns the rules of the language, with their sources beside them. Never asks PubMed and never reads a clock.
"""
