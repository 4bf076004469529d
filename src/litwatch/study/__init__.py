"""What a paper says: facets by query (`facets`), and by Python what no query can read: numbers and sentences.

Owns `student`, where it all comes together, and `findings`, what comes of it. Never writes a word: every
finding has its Spans.
"""
