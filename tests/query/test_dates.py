"""Which of two dates of publication finds a paper, where a table of records cannot tell them apart.

Owns dates of unequal length that begin together. Never repeats dates.toml.
"""

from __future__ import annotations

from litwatch.query.dates import Days, found_by

MID_MARCH = Days(2024_03_15, 2024_03_15)
FIRST_OF_MARCH = Days(2024_03_01, 2024_03_01)
ALL_MARCH = Days(2024_03_01, 2024_03_31)
ALL_APRIL = Days(2024_04_01, 2024_04_30)


def test_an_electronic_date_that_begins_with_the_print_date_is_not_later() -> None:
    """User Guide, Publication Date [dp]: not searchable "if it is later than the print date"."""
    assert found_by(MID_MARCH, FIRST_OF_MARCH, ALL_MARCH)


def test_an_electronic_date_that_begins_later_is() -> None:
    mid_april = Days(2024_04_15, 2024_04_15)
    assert not found_by(mid_april, FIRST_OF_MARCH, ALL_APRIL)
    assert found_by(Days(2024_04_15, 2024_04_15, ranged=True), FIRST_OF_MARCH, ALL_APRIL)
