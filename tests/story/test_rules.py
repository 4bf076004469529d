"""A change of the rules is seen, and only a change."""

from __future__ import annotations

import subprocess
import sys

HASH = (
    "from litwatch.edge.config import load; from litwatch.edge.shipped import config_directory;"
    "from litwatch.jobs.filing import hash_of;"
    "print(hash_of(load(config_directory(), {}).watches[0].rules))"
)


def test_rules_have_the_same_hash_in_every_process() -> None:
    hashes = {
        subprocess.run(
            [sys.executable, "-c", HASH],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(hashes) == 1
