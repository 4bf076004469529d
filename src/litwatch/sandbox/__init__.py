"""A local PubMed with its own clock: E-utilities over HTTP on loopback, from dated update files or made-up records.

Owns nothing here; `server.Sandbox` is where to start. Never used by the rest of litwatch.
"""
