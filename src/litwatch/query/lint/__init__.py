"""What makes searches lose papers: each module looks for one kind of mistake.

lint_query.py    the story: what is looked for, in which order
rough_reading.py    a rough reading that never fails; structure.py: the tree taken apart
syntax.py, operators.py, signs.py, lower_case.py, slips.py, marks.py, lines.py, counts.py   what the text alone shows
wording.py, truncation.py   how one term is written
history.py, around.py   what PubMed's page or a program prints around a search
platforms.py   others' (slashed.py, suffixed.py, bracketed.py, nearness.py, ebsco.py, ovid_lines.py)
foreign.py     what else to say of such a text
headings.py, types.py, repeats.py, required.py, variants.py, losses.py, inner_filters.py, hints.py   what the tree shows
negated.py, species.py   what a NOT takes away, and what a NOT of animals does to papers on people
spelling.py   British and American; covering.py, above.py   which words, and which headings, find all that others find
mending.py     what leaves no doubt, put right before anything else is looked at
facts.py      old_names.toml and variants.toml: add a renamed type or a spelling there
"""

from litwatch.query.lint.kinds import Kind
from litwatch.query.lint.lint_query import lint

__all__ = ["Kind", "lint"]
