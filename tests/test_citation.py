"""CITATION.cff is valid and says what the package says of itself."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import yaml

from emergence_lib.sphinxext import sharing

ROOT = Path(__file__).parents[1]


def test_it_follows_the_published_schema() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
    schema = ["vendor.citation-file-format", str(ROOT / "CITATION.cff")]
    done = subprocess.run([*command, *schema], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_it_agrees_with_the_package_and_with_the_book() -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    book = cited["preferred-citation"]
    assert cited["version"] == project["version"]
    assert cited["title"] == book["title"] == sharing.BOOK
    assert cited["authors"] == book["authors"] == [{"name": config["author"]}]
    assert str(book["year"]) == config["copyright"]
    assert project["license"] in cited["license"]
