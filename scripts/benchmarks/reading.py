"""Reading PubMed XML, against what a user would read it with instead.

Owns the rows on reading. Never measures anything itself.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.measuring import Benchmark, Mark, Subject

CORPUS = Path(__file__).resolve().parents[2].parent / "shared" / "corpus"
LARGE = CORPUS / "nlm-update-2021.xml.gz"


def _large_with(*modules: str) -> Callable[[], Path]:
    """The large file, with the modules that read it imported: reading is timed, not importing."""

    def prepare() -> Path:
        for module in modules:
            import_module(module)
        return LARGE

    return prepare


def _litwatch(path: Path) -> int:
    from litwatch.edge.files import records
    from litwatch.paper import Paper

    return sum(isinstance(record, Paper) for record in records(path))


def bio_entrez(path: Path) -> int:
    import gzip

    Entrez: Any = import_module("Bio.Entrez")  # noqa: N806 - its own name
    with gzip.open(path) as stream:
        answer: dict[str, Any] = Entrez.read(stream)
    return len(answer["PubmedArticle"])


def pubmed_parser(path: Path) -> int:
    from pubmed_parser import parse_medline_xml

    found = parse_medline_xml(str(path), author_list=True)
    return sum(not record["delete"] for record in found)


BENCHMARKS = (
    Benchmark(
        name="reading",
        title="Reading: every field of 20,788 records of one NLM update file (40 MB, 233 MB unpacked)",
        unit="records",
        anchor="Bio.Entrez.read",
        subjects=(
            Subject("litwatch", _litwatch, _large_with("litwatch.edge.files")),
            Subject("Bio.Entrez.read", bio_entrez, _large_with("Bio.Entrez")),
            Subject("pubmed_parser", pubmed_parser, _large_with("pubmed_parser")),
        ),
        marks=(
            Mark("litwatch", times=5, of="Bio.Entrez.read"),
            Mark("litwatch", times=3.5, of="pubmed_parser"),
            Mark("litwatch", peak_below=100),
        ),
        note="litwatch makes a full `Paper` of each record, Bio.Entrez.read everything in the XML, "
        "pubmed_parser a flat dictionary without qualifiers as values, grants' fields, dates of history or sections.",
    ),
)
