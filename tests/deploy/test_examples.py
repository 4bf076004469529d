"""The files of docs/deploy, as far as they can be checked without Docker, a cluster and a systemd that runs them.

Owns that they are well formed, name what there is, and that their commands run. Never proves that an image builds.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from apscheduler.triggers.cron import CronTrigger

from deploy.examples import DEPLOY, instructions
from litwatch.edge.config import load
from world import ROOT, World, surroundings, world

BESIDE = Path(sys.executable).parent
INSTALLED = "/opt/litwatch/bin/litwatch"


def checked(*words: str | Path) -> None:
    """The checker has nothing to say against it."""
    done = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_dockerfile_keeps_the_rules() -> None:
    checked(BESIDE / "hadolint", "--failure-threshold", "style", DEPLOY / "Dockerfile")


def test_the_image_runs_without_root_on_what_is_locked() -> None:
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", instructions("USER")[-1])
    assert instructions("VOLUME") == ["/var/lib/litwatch"]
    assert "--require-hashes" in instructions("RUN")[0]
    copied = [one.split() for one in instructions("COPY") if not one.startswith("--from")]
    missing = [part for *parts, _ in copied for part in parts if not (ROOT / part).exists()]
    assert copied
    assert missing == []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packed = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*packed["packages"], *packed["force-include"], project["project"]["readme"]}
    parts = tuple(part for *parts, _ in copied for part in parts)
    assert {
        one for one in needed if not any(one == part or one.startswith(f"{part}/") for part in parts)
    } == set()


def test_the_compose_file_fits_the_schema() -> None:
    checked(BESIDE / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", DEPLOY / "compose.yaml")


def test_the_manifest_fits_the_schemas_of_kubernetes() -> None:
    checked(BESIDE / "kubernetes-validate", "--strict", DEPLOY / "kubernetes.yaml")


def test_each_secret_and_volume_of_the_compose_file_is_declared() -> None:
    document = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    services = document["services"].values()
    assert {name for one in services for name in one["secrets"]} == set(document["secrets"])
    named = {volume.split(":")[0] for one in services for volume in one["volumes"]}
    assert {name for name in named if not name.startswith(".")} == set(document["volumes"])
    read = {value for one in services for value in one["environment"].values() if "/run/secrets" in value}
    assert read == {f"/run/secrets/{name}" for name in document["secrets"]}


def environments() -> dict[str, dict[str, str]]:
    """What each example sets for litwatch."""
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    [container] = pod()["containers"]
    unit = (DEPLOY / "litwatch.service").read_text(encoding="utf-8")
    cron = (DEPLOY / "litwatch.crontab").read_text(encoding="utf-8")
    return {
        "Dockerfile": dict(
            pair.split("=", 1) for one in instructions("ENV") for pair in one.split() if "LITWATCH" in pair
        ),
        "compose.yaml": compose["services"]["litwatch"]["environment"],
        "kubernetes.yaml": {one["name"]: one["value"] for one in container["env"]},
        "litwatch.service": dict(re.findall(r"(?m)^#?Environment=(\w+)=(\S+)$", unit)),
        "litwatch.crontab": dict(re.findall(r"(?m)^#?(LITWATCH_\w+)=(\S+)$", cron)),
    }


def pod() -> dict[str, Any]:
    """The pod of the manifest."""
    document = yaml.safe_load((DEPLOY / "kubernetes.yaml").read_text(encoding="utf-8"))
    found: dict[str, Any] = document["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    return found


@pytest.mark.parametrize(
    "name", ["Dockerfile", "compose.yaml", "kubernetes.yaml", "litwatch.service", "litwatch.crontab"]
)
def test_litwatch_takes_the_variables_of_each_example(name: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("postgresql://litwatch:made-up@store/litwatch\n", encoding="utf-8")
    environment = environments()["Dockerfile"] if name in ("compose.yaml", "kubernetes.yaml") else {}
    environment |= environments()[name]
    given = {
        key: str(tmp_path / "secret") if key.endswith("_FILE") else value
        for key, value in environment.items()
    }
    settings = load(ROOT / "config", given).settings
    if "LITWATCH_STORE__URL_FILE" in given:
        assert settings.store.shown_url == "postgresql+psycopg://litwatch:***@store/litwatch"
    elif name == "Dockerfile":
        assert settings.store.url == "sqlite:////var/lib/litwatch/litwatch.sqlite3"
    if "LITWATCH_MAIL__PASSWORD_FILE" in given:
        assert settings.mail.password is not None
    if name in ("compose.yaml", "kubernetes.yaml"):
        assert settings.mail.transport == "smtp"


def test_what_the_pod_mounts_is_there_and_its_names_are_those_of_the_configuration() -> None:
    [container] = pod()["containers"]
    volumes = {one["name"]: one for one in pod()["volumes"]}
    assert {one["name"] for one in container["volumeMounts"]} == set(volumes)
    items = {one["path"] for one in volumes["config"]["configMap"]["items"]}
    shipped = {str(path.relative_to(ROOT / "config")) for path in (ROOT / "config").rglob("*.toml")}
    assert items == {one for one in shipped if not one.startswith(("var/", "examples/"))}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for name in ("litwatch.service", "litwatch.timer"):
        unit = (DEPLOY / name).read_text(encoding="utf-8").replace(INSTALLED, "/bin/true")
        # What is there for those who need it must be right, too.
        (tmp_path / name).write_text(re.sub(r"(?m)^#(?=[A-Z]\w+=)", "", unit), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", tmp_path / "litwatch.timer", tmp_path / "litwatch.service"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert "SuccessExitStatus=3" in (tmp_path / "litwatch.service").read_text(encoding="utf-8")


@pytest.fixture
def here(tmp_path: Path) -> Any:
    with world(tmp_path) as made:
        yield made


def test_the_line_for_cron_does_what_is_due_every_quarter_of_an_hour(here: World) -> None:
    text = (DEPLOY / "litwatch.crontab").read_text(encoding="utf-8")
    [line] = [line for line in text.splitlines() if "* *" in line and not line.startswith("#")]
    *when, _user, command = line.split(None, 6)
    minutes = {str(one) for one in CronTrigger.from_crontab(" ".join(when)).fields if one.name == "minute"}
    assert minutes == {"*/15"}
    log = here.folder / "litwatch.log"
    command = command.replace(INSTALLED, f"{sys.executable} -m litwatch").replace(
        "/var/log/litwatch/litwatch.log", str(log)
    )
    environment = surroundings(here.environment | {"LITWATCH_CONFIG": str(here.config)})
    done = subprocess.run(
        command, shell=True, cwd="/", env=environment, capture_output=True, timeout=100, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert "collect ketamine-depression" in log.read_text(encoding="utf-8")
    assert here.store.is_file()


def locked() -> dict[str, set[str]]:
    """Name -> versions (some differ by Python) of what requirements.txt locks."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(
        r"(?m)^([\w.-]+)==(\S+)", (ROOT / "requirements.txt").read_text(encoding="utf-8")
    ):
        found.setdefault(name, set()).add(version)
    return found


def test_the_licence_of_each_locked_package_is_listed_and_known() -> None:
    page = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    table = [line.strip("|").split("|") for line in page.splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line] for line in table[2:]]
    listed = {re.sub(r"[-_.]+", "-", name).lower(): (version, licence) for name, version, licence, *_ in rows}
    elsewhere = {"colorama"}  # Windows only
    assert set(listed) == set(locked()) - elsewhere
    assert {name for name, (version, _) in listed.items() if version not in locked()[name]} == set()
    assert {name for name, (_, licence) in listed.items() if licence in ("", "UNKNOWN")} == set()


def test_the_lock_has_all_that_litwatch_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["postgresql"]]
    names = {re.sub(r"[-_.]+", "-", re.split(r"[\[><=!;~ ]", one)[0]).lower() for one in asked}
    assert names - set(locked()) == set(), "run ./scripts/lock"


def test_each_locked_package_has_a_hash() -> None:
    entries = re.split(r"(?m)^(?=[\w.-]+==)", (ROOT / "requirements.txt").read_text(encoding="utf-8"))[1:]
    assert len(entries) > 30
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
