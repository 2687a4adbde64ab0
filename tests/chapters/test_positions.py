"""The positions and the one curve, against hand counts, SciPy, the bibliography and the prose."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib.lines import Line2D
from pybtex.database import parse_file
from scipy import optimize, stats
from typed import numerals

from emergence_lib import compute, datasets, published
from emergence_lib.chapters.positions import numbers, pictures
from emergence_lib.checked import CheckedFileError
from emergence_lib.sphinxext import positions as directive

ROOT = Path(__file__).parents[2]
FILE = numbers.FILE.read_text("utf-8")
PAGE = (ROOT / "book" / "metric-debate" / "positions.md").read_text("utf-8")


def test_there_are_thirteen_positions_each_whole() -> None:
    found = numbers.positions()
    assert [each.key for each in found] == [f"P{n}" for n in range(1, 14)]
    for each in found:
        assert [piece.says for piece in each.evidence[:2]] == ["for", "against"]
        assert all(compute.fill(piece.text, "positions") for piece in each.evidence)


def test_the_rows_of_the_readings_are_the_positions() -> None:
    rows = re.findall(r"^\| (P\d+ [^|]+?) \| ([^|]+?) \|$", PAGE, re.MULTILINE)
    assert [name for name, _ in rows] == [f"{p.key} {p.name}" for p in numbers.positions()]
    # Two sentences each; a colon does not end one.
    assert {name: len(re.findall(r"[.?!](?:\s|$)", text)) for name, text in rows} == {
        name: 2 for name, _ in rows
    }


def test_every_work_and_every_chapter_that_is_named_exists_or_is_being_written() -> None:
    works = set(parse_file(str(ROOT / "book" / "references.bib")).entries)
    pieces = [piece for each in numbers.positions() for piece in each.evidence]
    assert {key for piece in pieces for key in piece.cite} <= works
    pages = {path.stem for path in ROOT.glob("book/*/*.md")}
    assert {piece.chapter for piece in pieces} - {""} <= pages | {"composition", "after-mirage"}


def test_a_number_is_typed_only_where_a_paper_reported_it_or_as_a_setting() -> None:
    settings = ["two", "2,000 problems"]
    for each in numbers.positions():
        for piece in each.evidence:
            if piece.grade != "reported":
                typed = [match[0] for match in numerals(piece.text, settings)]
                assert typed == [], piece.text


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("kind: sizes", "kind: size", r":7: .*kind is 'size'"),
        ("    grade: recomputed\n", "", r":\d+: .*best.*grade"),
        ("where: [4, 8]", "where: [8, 4]", "where runs from 8 to 4. Remedy: put the smaller first"),
        ("where: [4, 8]", "where: [4, 11]", r"where.* 11"),
        ("name: The metric", "name: Observed scaling", "is there already. Remedy: give each"),
        ("  grants: Two", "  granted: Two", "unknown key 'granted'"),
    ],
)
def test_a_broken_file_is_refused_with_line_and_remedy(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    assert old in FILE
    path = tmp_path / "positions.yml"
    path.write_text(FILE.replace(old, new, 1), "utf-8")
    with pytest.raises(CheckedFileError, match=complaint) as refused:
        numbers.positions(path)
    assert "Remedy" in str(refused.value) or "wanted" in str(refused.value)


def test_a_cell_says_for_against_or_both() -> None:
    first = numbers.positions()[0]
    assert [first.says(kind) for kind in ("sizes", "rescored", "seeds")] == ["both", "against", ""]
    by_hand = {
        kind: sum(f"kind: {kind}" in entry for entry in FILE.split("\n- name: "))
        for kind in numbers.KINDS
    }
    assert {kind: numbers.speaking(kind) for kind in numbers.KINDS} == by_hand
    (most,) = [kind for kind in by_hand if by_hand[kind] == max(by_hand.values())]
    assert numbers.fullest() == numbers.KINDS[most].lower()


def test_a_smooth_curve_does_about_as_well_where_another_fit_says_so() -> None:
    # By gradient search instead of a grid; as many parameters as a bend, so the sums of squares
    # are compared.
    close = []
    for task in numbers.curved():
        table = published.twice(task)
        x, y = table["x"].to_numpy(), table["tc_brier"].to_numpy()

        def off(z: np.ndarray, x: np.ndarray = x, y: np.ndarray = y) -> np.ndarray:
            width = 1 + z[3] ** 2  # decades, one at least
            return z[0] + z[1] / (1 + np.exp(-2 * np.log(9) * (x - z[2]) / width)) - y

        starts = [[0.56, -0.4, middle, 0.5] for middle in (22.5, 23, 23.5)]
        cost = min(2 * optimize.least_squares(off, z).cost for z in starts)
        close.append(len(x) * np.log(numbers.bend(task, "tc_brier").rest / cost) > -numbers.CLOSE)
    assert numbers.as_smooth() == sum(close) < len(close)


def test_the_models_above_a_guess_early_are_small_ones_that_read_much_or_synthetic_text() -> None:
    table = datasets.load("wu_lo_overall").query("task == 'mmlu' and accuracy >= 0.28")
    seen = table[table["train_flops"] <= 10**numbers.SPLIT]["model"]
    assert sorted(numbers.early()["model"]) == sorted(seen)
    assert {name.split("/")[1] for name in seen} == {
        "phi-1_5",
        "phi-2",
        "Qwen1.5-0.5B",
        "Qwen1.5-1.8B",
        "stablelm-2-1_6b",
    }
    assert numbers.much_or_synthetic()
    parts = (numbers.below(), numbers.between(), numbers.mmlu().query("x > 23"))
    assert [len(each) for each in parts] == [37, 17, 11]


def test_who_takes_a_side_and_who_is_silent_are_all() -> None:
    for question in numbers.QUESTIONS:
        named = [name.split()[0] for name in numbers.standing(question)]
        assert sorted([*named, *numbers.silent(question)]) == sorted(f"P{n}" for n in range(1, 14))
    with pytest.raises(ValueError, match="question: found 'when'"):
        numbers.standing("when")


def test_a_strict_score_narrows_a_logistic_by_what_a_long_product_shows() -> None:
    # By root finding on p**n for a large n, with p logistic.
    def level(q: float, n: int) -> float:
        return optimize.brentq(lambda x: n * -np.log1p(np.exp(-x)) - np.log(q), -5, 60)

    widths = [level(0.9, n) - level(0.1, n) for n in (1, 10**6)]
    assert numbers.narrowing() == pytest.approx(1 - widths[1] / widths[0], abs=1e-4)


def test_three_digit_sums_are_above_chance_from_the_model_that_the_file_names() -> None:
    assert numbers.first_seen() == published.gpt3_parameters("350M")
    # Of 2,000 at one in a thousand: 9 right at 350M, 3 at 125M.
    assert stats.binomtest(9, 2000, 0.001, "greater").pvalue < 0.05
    assert stats.binomtest(3, 2000, 0.001, "greater").pvalue > 0.05
    assert "above chance from 350M" in FILE


def test_the_runs_that_straggle_are_the_two_that_the_paper_names() -> None:
    losses = numbers.last_losses()
    assert list(losses.nlargest(2).index) == [4, 3]
    assert numbers.stragglers() == 2
    # As the table has them: seeds 6 and 1.
    assert numbers.loss_spread() == pytest.approx(2.1993 - 2.1755)


def test_the_forecast_is_that_of_another_least_squares() -> None:
    table = datasets.load("wu_lo_overall").query("task == 'mmlu'").dropna(subset=["train_flops"])
    x, y = np.log10(table["train_flops"]), table["accuracy"]
    seen = x <= numbers.SPLIT
    line = stats.linregress(x[seen], y[seen])
    gap = y[~seen] - (line.intercept + line.slope * x[~seen])
    assert numbers.shortfall("accuracy") == pytest.approx(gap.mean())
    assert len(numbers.below()) + len(numbers.beyond()) == len(table)
    assert numbers.shortfall("tc_brier") > 0


def test_the_bend_stays_with_the_same_family_levels_fitted_by_dummies() -> None:
    table = numbers.mmlu()
    table = table[table.groupby("family")["x"].transform("size") > 1]
    dummies = np.array([table["family"] == name for name in table["family"].unique()], float).T
    x, y = table["x"].to_numpy(), table["accuracy"].to_numpy()

    def left(at: float) -> float:
        design = np.column_stack([dummies, x, np.maximum(x - at, 0)])
        return float(np.sum((y - design @ np.linalg.lstsq(design, y)[0]) ** 2))

    places = np.linspace(x[4], x[-5], 801)
    fit = numbers.within_families("accuracy")
    assert fit.at == pytest.approx(places[np.argmin([left(at) for at in places])], abs=0.02)
    with pytest.raises(ValueError, match="names: found 'GPT-5'"):
        numbers.family("Pythia", "GPT-5")


def test_no_single_family_carries_the_bend() -> None:
    table = numbers.without_each()
    assert len(table) == 2 * numbers.mmlu()["family"].nunique()
    # One of them by other code: without Qwen1.5, on a grid of its own.
    rest = numbers.mmlu().query("family != 'Qwen1.5'")
    x, y = rest["x"].to_numpy(), rest["accuracy"].to_numpy()

    def left(at: float) -> float:
        design = np.column_stack([np.ones_like(x), x, np.maximum(x - at, 0)])
        return float(np.sum((y - design @ np.linalg.lstsq(design, y)[0]) ** 2))

    places = np.linspace(x[4], x[-5], 801)
    at = places[np.argmin([left(each) for each in places])]
    (shift,) = table.query("family == 'Qwen1.5' and score == 'accuracy'")["shift"]
    assert shift == pytest.approx(at - numbers.bend("mmlu", "accuracy").at, abs=0.02)


def test_tenths_are_means_of_the_models_between_the_edges() -> None:
    table = datasets.load("wu_lo_groups").query("task == 'mmlu' and difficulty_rank == 10")
    last = table[table["train_flops"] > 10**23.5]["tc_brier_brier_ranked"]
    assert numbers.tenths()["hardest"].iloc[-1] == pytest.approx(last.mean())
    # The mean never gets worse, though the easiest do.
    assert (numbers.tenths()["all"].diff().dropna() < 0).all()
    first, fourth = numbers.ranks().iloc[0], numbers.ranks().iloc[3]
    assert [rank for rank in range(1, 11) if fourth[rank] > first[rank]] == [1, 2, 3]
    assert numbers.improved(3) == 7


def lines(figure: object) -> dict[str, Line2D]:
    (ax,) = figure.axes  # type: ignore[attr-defined]
    return {str(each.get_label()): each for each in ax.lines}


def guess_at(figure: object) -> float:
    first, last = np.asarray(lines(figure)["_guess"].get_ydata(), float)
    assert first == last
    return float(first)


def test_every_view_draws_what_it_names_and_says_what_it_shows() -> None:
    figure, update = pictures.mmlu()
    table = numbers.mmlu()
    assert "all 11 score 45% or more" in update("sizes")
    assert lines(figure)["second marks"].get_alpha() == 0
    assert guess_at(figure) == 0.25
    assert "do about as well" in update("another score")
    assert guess_at(figure) == 0.5625
    drawn = np.asarray(lines(figure)["second marks"].get_ydata(), float)
    assert np.allclose(drawn, table["tc_brier"])
    update("families")
    joined = np.asarray(lines(figure)["_first line"].get_ydata(), float)
    assert np.allclose(joined, table[table["family"] == "Qwen1.5"]["accuracy"])
    assert guess_at(figure) == 0.25
    assert "better all the way" in update("easy and hard")
    assert guess_at(figure) == 0.5625
    assert f"{100 * numbers.shortfall('accuracy'):.0f} points" in update("a forecast")


def test_the_notebook_has_every_position_in_words() -> None:
    text = directive.as_markdown()
    assert text.count("- *Best objection*") == text.count("- *Granted by its authors*") == 13
    assert "{cite:p}`du2024understanding`" in text
