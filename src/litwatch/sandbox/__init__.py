"""A local PubMed with its own clock: E-utilities over HTTP on loopback.

Owns nothing here; `server.Sandbox` is where to start. Never used by the rest of litwatch.
"""
