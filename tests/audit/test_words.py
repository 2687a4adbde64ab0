"""How the audit writes what it found."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from emergence_lib.audit import Obstacle, Report, Verdict, audit, summary, words
from emergence_lib.audit.phrases import between, bounds, counted, size
from emergence_lib.audit.readings import Range
from tests.audit.curves import logistic
from tests.hostile import HOSTILE

WORTH = {"million": 1e6, "billion": 1e9, "trillion": 1e12}


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (2e10, "20 billion"),
        (1.285e10, "12.9 billion"),
        (9.996e8, "1 billion"),
        (9.994e8, "999 million"),
        (12_345, "12,300"),
        (512, "512"),
        (3e15, "3e15"),
    ],
)
def test_a_count_is_written_as_one_says_it(value: float, written: str) -> None:
    assert counted(value) == written


@given(st.floats(1, 9.99e14))
def test_a_count_says_three_digits_of_the_number(value: float) -> None:
    digits, _, word = counted(value).partition(" ")
    assert float(digits.replace(",", "")) * WORTH.get(word, 1) == pytest.approx(value, rel=5.01e-3)
    assert len(re.sub(r"\D", "", digits).strip("0")) <= 3


def test_parameters_and_tokens_are_counts_and_compute_is_none() -> None:
    assert size(2e10, "parameters") == "20 billion parameters"
    assert size(2e10, "training tokens") == "20 billion training tokens"
    assert size(2e20, "training compute (FLOP)") == "2e20 training compute (FLOP)"
    assert size(2e10, "scale") == "scale 2e10"


def test_what_two_counts_are_counted_in_is_said_once() -> None:
    assert between(1.3e9, 2.7e9, "parameters") == "1.3 to 2.7 billion parameters"
    assert between(8.9e8, 2.3e9, "parameters") == "890 million to 2.3 billion parameters"
    assert between(1e9, 2e9, "FLOP") == "1e9 to 2e9 FLOP"
    assert bounds(Range(2e9, None, 3e9), "parameters") == "at most 3 billion"
    assert bounds(Range(2e9, 1e9, 3e9), "parameters") == "1 to 3 billion"


def test_the_gap_that_is_named_is_the_one_between_the_models_beside_the_leap() -> None:
    curve = logistic(1.5, models=4, decades=6)
    report = audit(curve)
    steps = abs(report.predict(curve.scale[1:]) - report.predict(curve.scale[:-1]))
    at = steps.argmax()
    assert report.gap == (curve.scale[at], curve.scale[at + 1])
    assert report.leap == pytest.approx(steps[at] / steps.sum())
    assert "neighbouring models (" in words.sentence(report)
    assert audit(logistic(1.5, models=3)).gap is None


REPORT = audit(logistic(0.4))
MADE = st.lists(
    st.builds(
        lambda verdict, width, name: replace(
            REPORT,
            verdict=verdict,
            width=width and Range(width[0], None, width[1]),
            curve=replace(REPORT.curve, name=name),
        ),
        st.sampled_from([*Verdict]),
        st.none() | st.tuples(st.floats(0.01, 1), st.none() | st.floats(1, 9)),
        st.text(),
    )
)


@given(MADE)
def test_reports_are_sorted_by_verdict_and_then_by_width(reports: list[Report]) -> None:
    found = summary.ordered(reports)
    assert sorted(map(id, found)) == sorted(map(id, reports))
    for one, other in itertools.pairwise(found):
        places = [summary.ORDER.index(each.verdict) for each in (one, other)]
        assert places == sorted(places)
        if one.verdict is other.verdict and other.width is not None:
            assert one.width is not None
            ends = [
                math.inf if each is None else each for each in (one.width.high, other.width.high)
            ]
            assert ends == sorted(ends)
    assert {*summary.ORDER} == {*Verdict}


@given(MADE, st.sets(st.sampled_from([*summary.KINDS])))
def test_every_report_is_in_the_headline_and_of_one_kind(
    reports: list[Report], kinds: set[str]
) -> None:
    numbers = [int(each) for each in re.findall(r"\d+", summary.headline(reports))]
    assert numbers[0] == sum(numbers[1:]) == len(reports)
    rest = {*summary.KINDS} - kinds
    assert len(summary.only(reports, kinds)) + len(summary.only(reports, rest)) == len(reports)


def test_the_table_tells_no_width_of_one_reading_of_many() -> None:
    plain, unsaid = summary.rows(
        [REPORT, replace(REPORT, verdict=Verdict.UNKNOWN, obstacle=Obstacle.UNSAID)]
    )
    assert all(plain[:4])
    assert unsaid[1:] == ["undecided", "", "", "an unsaid setting decides"]


def test_a_unit_that_all_curves_share_is_said_in_the_head() -> None:
    parameters = replace(REPORT, curve=replace(REPORT.curve, unit="parameters"))
    assert "half-way, parameters" in summary.titles([parameters, parameters])
    assert summary.rows([parameters])[0][3].endswith("million")
    assert "half-way" in summary.titles([parameters, REPORT])
    assert summary.rows([parameters, REPORT])[0][3].endswith("million parameters")


@pytest.mark.parametrize("mark", [*HOSTILE.values(), " | x |\n| y", "<b>", "$a$", "`"])
def test_a_name_adds_no_row_and_no_mark_to_a_table(mark: str) -> None:
    name = f"a{mark}b"
    hostile = replace(REPORT, curve=replace(REPORT.curve, name=name, unit=f"parameters{mark}"))
    text = summary.to_text([hostile])
    assert text.count("\n") == 3
    assert text.replace("\n", "").isprintable()
    tokens = MarkdownIt().enable("table").parse(summary.to_markdown([hostile]))
    assert [each.type for each in tokens].count("td_open") == 5
    marks = [mark for each in tokens for mark in each.children or ()]
    assert {each.type for each in marks} <= {"text"}
