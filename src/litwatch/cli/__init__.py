"""The command line: `main` is where it starts, `commands` lists what there is, `wiring` puts the parts together.

Owns arguments, words and exit codes. Never holds a rule of its own.
"""
