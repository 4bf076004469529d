"""What a paper says: facets by query (`facets`), and by Python what no query can read: numbers and sentences.

Owns `findings`, where it all comes together. Never writes a word: every finding has its Spans.
"""
