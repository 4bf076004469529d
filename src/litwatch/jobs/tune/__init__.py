"""The researcher's bench: what a query does, on the papers of the store and at PubMed. It changes nothing in the store.

desk.py      what all of it stands on: the index beside the store, and PubMed's answers of today
figures.py   a query's sheet, with PubMed's counts
"""
