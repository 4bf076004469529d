"""What makes searches lose papers: each module looks for one kind of mistake.

lint_query.py    the story: what is looked for, in which order
rough_reading.py    a rough reading that never fails; structure.py: the tree taken apart
syntax.py, operators.py, marks.py, platforms.py (slashed.py), wording.py, lines.py   what the text alone shows
headings.py, types.py, repeats.py, variants.py, losses.py, hints.py     what the tree and MeSH show
facts.py      old_names.toml and variants.toml: add a renamed type or a spelling there
"""

from litwatch.query.lint.kinds import Kind
from litwatch.query.lint.lint_query import lint

__all__ = ["Kind", "lint"]
