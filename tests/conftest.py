"""How Hypothesis tries things: the same examples on every run of the same test, and never against a clock.

Owns the two profiles, that programs are started as a user starts them, and lends every test the fixtures of
store/backends.py.
`pytest --hypothesis-profile=explore` tries new examples, as long as you like.
"""

from __future__ import annotations

import os

from hypothesis import settings

# Programs that tests start are compiled once, as on a user's machine, whatever the shell here says.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

pytest_plugins = ("store.backends",)

settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=5_000)
settings.load_profile("steady")
