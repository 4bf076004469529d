"""How Hypothesis tries things: the same examples on every run of the same test, and never against a clock.

Owns the two profiles, and lends every test the fixtures of store/backends.py.
`pytest --hypothesis-profile=explore` tries new examples, as long as you like.
"""

from __future__ import annotations

from hypothesis import settings

pytest_plugins = ("store.backends",)

settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=5_000)
settings.load_profile("steady")
