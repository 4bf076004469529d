"""`litwatch tune` on a store in PostgreSQL: the same figures, and a workbook in the configuration's folder."""

from __future__ import annotations

import json
from pathlib import Path

from cli.test_tune import QUERY, edited
from deliver.postgresql import postgresql
from world import world


def test_the_figures_of_a_store_in_postgresql_are_those_of_sqlite(tmp_path: Path) -> None:
    with world(tmp_path, synthetic=100) as made, postgresql() as address:
        made.pubmed.set_today("2026-03-08")
        edited(made, "ketamine[tiab] OR depress*[tiab]")
        found = []
        for environment in ({}, {"LITWATCH_STORE__URL": address}):
            made.environment.update(environment)
            assert made.litwatch("collect", "--now", "2026-03-08T07:00:00Z").code == 0
            assert made.litwatch("backfill", "--now-anyway").code == 0
        edited(made, QUERY)
        for environment in ({"LITWATCH_STORE__URL": address}, {}):
            made.environment.pop("LITWATCH_STORE__URL", None)
            made.environment.update(environment)
            done = made.litwatch("tune", "--json")
            assert done.code == 0, done.err
            found.append(json.loads(done.out))
            recall = made.litwatch("recall", "--seeds", "-", "--json", stdin="99100001\n99100011")
            assert recall.code == 0, recall.err
        assert found[0] == found[1]
        assert found[0]["store"]["found"] > 5
        assert (made.config / "var" / "litwatch.workbook").exists()
