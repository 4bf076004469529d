"""The store: SQLite by default, PostgreSQL by one setting.

`open` opens it, `tables` says what it holds; `collecting`, `delivering` and `showing` serve the jobs.
"""
