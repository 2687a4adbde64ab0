"""What `make length` says of a chapter, and which chapters it measures."""

from __future__ import annotations

import os
from pathlib import Path

import length
import pytest

from emergence_lib.sphinxext.prose import Measure, Paragraph, Stretch


def page(words: int = 2_300, stretch: int = 400, numbers: int = 2) -> Measure:
    return Measure(words, Stretch(stretch, "A heading", "Here it"), Paragraph(numbers, "There it"))


@pytest.mark.parametrize(
    "measured",
    [page(), page(words=2_000), page(words=2_600), page(stretch=500), page(numbers=3)],
)
def test_a_chapter_within_the_limits_has_no_fault(measured: Measure) -> None:
    assert length.faults(measured) == []


@pytest.mark.parametrize(
    ("measured", "fault"),
    [
        (page(words=1_999), "1,999 words; wanted 2,000 to 2,600"),
        (page(words=2_601), "2,601 words; wanted 2,000 to 2,600"),
        (
            page(stretch=501),
            "501 words without a picture, a control or a question, under 'A heading' from "
            "'Here it'; wanted at most 500",
        ),
        (
            page(numbers=4),
            "4 graded numbers in the paragraph 'There it'; wanted at most 3, the rest in the "
            "figure or a small table",
        ),
    ],
)
def test_a_fault_says_what_was_found_where_and_what_is_wanted(
    measured: Measure, fault: str
) -> None:
    assert length.faults(measured) == [fault]


def test_what_is_out_of_bounds_is_marked_where_it_is_printed() -> None:
    assert length.lines("ladders", page(stretch=612)) == (
        "ladders\n"
        "   2,300   words\n"
        "     612 * in one stretch, under 'A heading' from 'Here it'\n"
        "       2   graded numbers in 'There it'"
    )


@pytest.fixture
def builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Return the folders of two builds, none of them made."""
    both = (tmp_path / "html", tmp_path / "gate")
    monkeypatch.setattr(length, "BUILDS", both)
    return both


def build(site: Path, seconds: int) -> None:
    """Make a book of one chapter, at a time."""
    chapter = site / "book" / "part" / "ladders.html"
    chapter.parent.mkdir(parents=True)
    chapter.write_text("<article class='bd-article'><p>Two words.</p></article>", "utf-8")
    (site / "index.html").touch()
    os.utime(site / "index.html", (seconds, seconds))


def test_the_newest_build_is_measured(
    builds: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    build(builds[0], 100)
    assert length.newest_build() == builds[0]
    build(builds[1], 200)
    assert length.newest_build() == builds[1]
    assert length.main() == 0
    assert capsys.readouterr().out.startswith("ladders\n       2 * words\n")


def test_without_a_build_it_says_what_to_do(
    builds: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert length.main() == 1
    assert "run 'make book' first" in capsys.readouterr().out
