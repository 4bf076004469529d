"""The stories, each told in order in one file: `collect`, `refresh`, `deliver`, and `run`, which does what is due.

Owns what comes after what, and the receipts. Never decides a rule: decide/ does.
"""
