"""One world each: configuration, files, PubMed, the store, templates, mail.

Owns every socket, file and database. Never knows another edge: jobs bring them together.
"""
