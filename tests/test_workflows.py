"""The workflows are valid, ask for little, and run code that cannot change under them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
MAY_WRITE = {("publish", "deploy"): {"pages", "id-token"}, ("publish", "notebooks"): {"contents"}}


def load(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return loaded


def test_there_is_one_to_test_and_one_to_publish() -> None:
    assert [path.stem for path in WORKFLOWS] == ["publish", "test"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_follows_the_published_schema(path: Path) -> None:
    command = [sys.executable, "-m", "check_jsonschema"]
    schema = ["--builtin-schema", "vendor.github-workflows", str(path)]
    done = subprocess.run([*command, *schema], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_action_is_pinned_by_commit_with_its_version_beside(path: Path) -> None:
    used = re.findall(r"uses: (\S+)(.*)", path.read_text("utf-8"))
    assert used
    for action, comment in used:
        if not action.startswith("./"):
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action)
            assert re.search(r"# v\d+\.\d+\.\d+", comment)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_permissions_are_read_only_but_where_a_job_must_write(path: Path) -> None:
    workflow = load(path)
    assert workflow["permissions"] == {"contents": "read"}
    for name, job in workflow["jobs"].items():
        granted = job.get("permissions", {})
        writes = {scope for scope, right in granted.items() if right == "write"}
        assert writes == MAY_WRITE.get((path.stem, name), set())


def test_every_change_is_tested_and_only_main_is_published() -> None:
    test, publish = (
        load(ROOT / ".github" / "workflows" / f"{name}.yml") for name in ("test", "publish")
    )
    # YAML 1.1 reads the key "on" as true.
    assert {"pull_request", "push", "schedule"} <= set(test[True])  # type: ignore[index]
    assert publish[True]["push"] == {"branches": ["main"]}  # type: ignore[index]
    assert publish["jobs"]["deploy"]["needs"] == "build"
    assert publish["jobs"]["build"]["needs"] == "test"


def test_continuous_integration_runs_the_readmes_test_command() -> None:
    assert "make test" in (ROOT / ".ci" / "run").read_text("utf-8")
    assert "make test" in (ROOT / "README.md").read_text("utf-8")
