"""Chromium shows each sample without sideways scrolling, in both widths and both colour schemes.

Owns what can be measured in a picture. Never judges beauty.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from digest.samples import SAMPLES, TEMPLATES
from litwatch.edge.render import Renderer

SCRIPT = TEMPLATES.parent / "scripts/screenshots"


def width_of(picture: Path) -> int:
    """From the PNG's header."""
    return int.from_bytes(picture.read_bytes()[16:20], "big")


@pytest.mark.full
@pytest.mark.timeout(300)
def test_every_sample_fits_a_phone_and_has_a_dark_side(tmp_path: Path) -> None:
    renderer = Renderer(TEMPLATES)
    pages = []
    for name, make in SAMPLES.items():
        page = tmp_path / f"{name}.html"
        page.write_text(renderer.html(make()), "utf-8")
        pages.append(str(page))
    folder = tmp_path / "pictures"
    done = subprocess.run(
        [sys.executable, SCRIPT, *pages, folder], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""  # it tells of pages that scroll sideways
    for name in SAMPLES:
        for width in (700, 360):
            light, dark = (folder / f"{name}-{width}-{scheme}.png" for scheme in ("light", "dark"))
            assert width_of(light) == width_of(dark) == width
            assert light.read_bytes() != dark.read_bytes()
