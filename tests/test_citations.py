"""Every work that the library names is in the book's bibliography."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pybtex.database import parse_file

ROOT = Path(__file__).parents[1]
LIBRARY = ROOT / "emergence_lib"
KEY = re.compile(r"\b[a-z]+(?:19|20)\d\d[a-z]+\d*\b")  # brown2020language, openai2023gpt4
NAMED = re.compile(r"\([A-Z][^()]*,\s(?:19|20)\d\d\)")  # (Brown et al., 2020)
KNOWN = set(parse_file(str(ROOT / "book" / "references.bib")).entries)
FILES = [path for suffix in ("py", "yml", "md") for path in sorted(LIBRARY.rglob(f"*.{suffix}"))]
CITING = [path for path in FILES if KEY.search(path.read_text("utf-8"))]


def test_the_keys_of_the_bibliography_have_the_form_that_is_looked_for() -> None:
    assert {key for key in KNOWN if not KEY.fullmatch(key)} == set()
    assert LIBRARY / "laws.py" in CITING


@pytest.mark.parametrize("path", CITING, ids=lambda path: str(path.relative_to(LIBRARY)))
def test_every_key_that_a_file_names_is_in_the_bibliography(path: Path) -> None:
    assert set(KEY.findall(path.read_text("utf-8"))) - KNOWN == set()


def test_works_are_cited_by_key_and_not_by_name() -> None:
    found = {path.name: NAMED.findall(path.read_text("utf-8")) for path in LIBRARY.rglob("*.py")}
    assert {name: works for name, works in found.items() if works} == {}
