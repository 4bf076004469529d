"""The researcher's workbook: a file beside the store that can be thrown away at any time, and is then made anew.

shown.py      what of a paper goes into which room of its index, as text
filling.py    the index, brought up to what the store holds
answering.py  which papers a term matches, from the index; what it cannot tell is asked of the matcher
counts.py     what PubMed said, for the rest of the day
variants.py   the searches that were tried, with their figures
file.py       the file itself
"""
