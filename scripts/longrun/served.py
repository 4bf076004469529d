"""`litwatch serve` on a clock that is told: reads an instant a line, does what is due then, tells what came of it.

Owns nothing but that exchange: the process is `serve`'s, with its job in a thread beside the main one, so what it keeps
of memory and file handles is what `serve` would keep. Never looks at PubMed, store or mail itself.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

from litwatch.cli.context import Context
from litwatch.cli.serve import Kept, do_what_is_due


def main() -> None:
    """Until stdin ends."""
    kept = Kept(Context(Path(sys.argv[1])))
    with ThreadPoolExecutor(1) as thread:
        for line in sys.stdin:
            wall, spent = time.monotonic(), time.process_time()
            report = thread.submit(do_what_is_due, kept, datetime.fromisoformat(line.strip())).result()
            told = {
                "seconds": time.monotonic() - wall,
                "cpu": time.process_time() - spent,
                "idle": report is not None and report.idle,
                "report": None if report is None else report.to_json(),
            }
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
