"""The real program, from its arguments to its exit code, in this process: tests of faults run it hundreds of times.

Owns arguments, environment, folder and streams while a command runs. Never asserts.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from litwatch.cli.main import main
from world import Outcome


def litwatch(*words: str, folder: Path, environment: Mapping[str, str]) -> Outcome:
    """What `litwatch WORDS` does in a process of its own, without the second that Python takes to start."""
    out, err = io.StringIO(), io.StringIO()
    code: object = 0
    arguments, variables = sys.argv, dict(os.environ)
    clean = {name: value for name, value in variables.items() if not name.startswith("LITWATCH_")}
    with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            sys.argv = ["litwatch", *words]
            replace_environment({**clean, "COLUMNS": "100", "NO_COLOR": "1", **environment})
            main()
        except SystemExit as ending:
            code = ending.code
        finally:
            sys.argv = arguments
            replace_environment(variables)
    return Outcome(code if isinstance(code, int) else 0, out.getvalue(), err.getvalue())


def replace_environment(variables: Mapping[str, str]) -> None:
    """These variables and no others."""
    os.environ.clear()
    os.environ.update(variables)
