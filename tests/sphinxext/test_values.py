"""The values of claims are worked out once, and again when anything they reach has changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emergence_lib import claims, compute
from emergence_lib.sphinxext import reach
from emergence_lib.sphinxext.values import Values

PAGE = """\
```{claims}
half: {laws.exact_match(0.5, 1):.0%} in [0.49, 0.51]
rarer: rarer if laws.exact_match(0.5, 2) < laws.exact_match(0.5, 1)
said: 39 @somebody2020
```
"""


def ledger(kept: Values, page: str = PAGE) -> list[claims.Claim]:
    return list(claims.parse(page, "book/coins", evaluator=kept).values())


@pytest.fixture
def worked_out(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the expressions that are worked out from here on."""
    found: list[str] = []
    number, holds = compute.number, compute.holds

    def noted_number(expression: str, chapter: str) -> float:
        found.append(expression)
        return number(expression, chapter)

    def noted_holds(expression: str, chapter: str) -> bool:
        found.append(expression)
        return holds(expression, chapter)

    noted_number.__name__, noted_holds.__name__ = "number", "holds"
    monkeypatch.setattr(compute, "number", noted_number)
    monkeypatch.setattr(compute, "holds", noted_holds)
    return found


def texts(path: Path, page: str = PAGE) -> list[str]:
    """Print every claim as one build does, and keep the values."""
    kept = Values(path)
    found = [claim.text for claim in ledger(kept, page)]
    kept.keep(ledger(kept, page))
    return found


def test_a_second_build_works_out_nothing_and_prints_the_same(
    tmp_path: Path, worked_out: list[str]
) -> None:
    path = tmp_path / "new" / "claims.json"
    first = texts(path)
    assert first == ["50%", "rarer", "39"]
    assert len(worked_out) == 2
    assert texts(path) == first
    assert len(worked_out) == 2


def test_a_band_is_checked_on_kept_values(tmp_path: Path, worked_out: list[str]) -> None:
    path = tmp_path / "claims.json"
    texts(path)
    with pytest.raises(claims.ClaimError, match=r"is 0\.5, outside its band \[0\.6, 0\.7\]"):
        texts(path, PAGE.replace("[0.49, 0.51]", "[0.6, 0.7]"))
    assert len(worked_out) == 2


def test_a_changed_expression_is_worked_out_and_the_other_is_not(
    tmp_path: Path, worked_out: list[str]
) -> None:
    path = tmp_path / "claims.json"
    texts(path)
    changed = PAGE.replace("laws.exact_match(0.5, 1):", "laws.exact_match(0.499, 1):")
    assert texts(path, changed)[0] == "50%"
    assert worked_out[2:] == ["laws.exact_match(0.499, 1)"]
    texts(path)  # the value of the earlier expression was not kept
    assert worked_out[3:] == ["laws.exact_match(0.5, 1)"]


def test_a_changed_library_or_installation_is_noticed(
    tmp_path: Path, worked_out: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "claims.json"
    texts(path)
    monkeypatch.setattr(reach, "installed", lambda: "another SciPy")
    texts(path)
    assert len(worked_out) == 4
    monkeypatch.setattr(reach, "file_hash", lambda path, modified: path.name.encode())
    texts(path)
    assert len(worked_out) == 6


def test_the_key_of_a_claim_reaches_its_modules_and_its_own_chapter_and_no_other() -> None:
    own = compute.modules("numbers.ratio() + fitting.single.fit(1)", "bees")
    assert own == [
        "emergence_lib.fitting",
        "emergence_lib.fitting.single",
        "emergence_lib.chapters.bees.numbers",
    ]
    used = {path.name for path in reach.files(["import emergence_lib.laws"])}
    assert used == {"__init__.py", "laws.py"}


def test_a_number_and_a_comparison_of_the_same_words_are_kept_apart(tmp_path: Path) -> None:
    kept = Values(tmp_path / "claims.json")
    expression = "laws.exact_match(0.5, 1) > 0"
    assert kept.number(expression, "") == 1.0
    assert kept.holds(expression, "") is True


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_whatever_the_file_holds_a_claim_is_right_or_worked_out(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "claims.json"
    path.write_bytes(content)
    assert [claim.text for claim in ledger(Values(path))] == ["50%", "rarer", "39"]


@pytest.mark.parametrize("value", ["NaN", "Infinity", "null", '"0.5"', "[0.5]", "1e999", "{}"])
def test_a_kept_value_that_is_no_finite_number_is_not_known(tmp_path: Path, value: str) -> None:
    path = tmp_path / "claims.json"
    texts(path)
    path.write_text(path.read_text("utf-8").replace(": 0.5", f": {value}"), "utf-8")
    assert not any("number" in key for key in Values(path).known)
    assert texts(path)[0] == "50%"


def test_values_are_outdated_once_what_they_reach_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Values(tmp_path / "claims.json")
    kept.number("laws.exact_match(0.5, 1)", "")
    assert not kept.outdated()
    monkeypatch.setattr(reach, "file_hash", lambda path, modified: path.name.encode())
    assert kept.outdated()


def test_an_interrupted_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "claims.json"
    texts(path)
    before = path.read_bytes()

    def interrupted(source: Path, target: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        texts(path, PAGE.replace("0.5, 1):", "0.499, 1):"))
    assert path.read_bytes() == before
