"""Where explain finds papers, as the command asks it: how long it waits for PubMed.

Owns what cannot be seen from outside within seconds. The order of the sources test_explain.py proves.
"""

from __future__ import annotations

import socket
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.good_config import write
from litwatch.cli.explain import sources as explain_sources
from litwatch.cli.explain.sources import Sources
from litwatch.edge.config.load import load

NOW = datetime(2026, 3, 9, 7, tzinfo=UTC)


@pytest.mark.parametrize(("patience", "configured"), [(0.1, 60), (60, 1)])
def test_pubmed_is_waited_for_as_long_as_configured_or_as_one_sits_at_a_terminal_whichever_is_less(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, patience: float, configured: int
) -> None:
    assert explain_sources.PATIENCE_SECONDS == 15
    monkeypatch.setattr(explain_sources, "PATIENCE_SECONDS", patience)
    with socket.socket() as taken:  # bound and not listening: every connection is refused
        taken.bind(("127.0.0.1", 0))
        away = f"http://127.0.0.1:{taken.getsockname()[1]}/entrez/eutils/"
        environ = {
            "LITWATCH_PUBMED__BASE_URL": away,
            "LITWATCH_PUBMED__RETRY_BUDGET_SECONDS": str(configured),
        }
        config = load(write(tmp_path, {}), environ)
        assert config.settings.pubmed.retry_budget_seconds == configured
        sources = Sources(config, ["99000001"], NOW)
        begin = time.monotonic()
        assert list(sources.papers()) == []
        assert time.monotonic() - begin < 10
    (complaint,) = sources.complaints
    assert complaint.startswith(
        "PMID 99000001: it is in neither file nor store, and PubMed cannot be asked: "
    )
