"""A wall of answers: what it says of whom, and what it refuses."""

from __future__ import annotations

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup

from emergence_lib.reader import wall
from emergence_lib.reader.output import Output, asset
from emergence_lib.reader.wall import FEW, MOST_WRITERS

QUESTIONS = ["05+07=", "40+50=", "99+01="]
ANSWERS = ["012", "090", "100"]
WRITTEN = {"small": ["112", "000", "777"], "middling": ["012", "090", "000"], "big": ANSWERS}
WORDS = {
    "name": "sums",
    "start": 1,
    "title": "Who can add?",
    "legend": "Three who add",
    "button": "Grow",
    "caption": "Made up.",
    "source": "Here.",
}


def made(**changed: Any) -> Output:
    given = {"questions": QUESTIONS, "answers": ANSWERS, "written": WRITTEN, **WORDS, **changed}
    return wall(**given)


def soup(**changed: Any) -> BeautifulSoup:
    return BeautifulSoup(made(**changed).html, "html.parser")


def test_every_writer_is_counted_under_both_rulers() -> None:
    page = soup()
    # By hand: 112 has two digits of 012, 000 two of 090, 777 none of 100; 000 two of 100.
    said = [label.get_text() for label in page.select("label")]
    assert said == [
        "small gets 0 of 3 answers right, 4 of 9 digits",
        "middling gets 2 of 3 answers right, 8 of 9 digits",
        "big gets 3 of 3 answers right, 9 of 9 digits",
    ]
    counts = [[each.get_text() for each in row.select("b")] for row in page.select(".em-counts")]
    assert counts == [["0", "2", "3"], ["4", "8", "9"]]
    heights = [bar["style"] for bar in page.select(".em-strip .em-bars i")]
    assert heights[:4] == ["height:0%", "height:44%", "height:67%", "height:89%"]
    assert [each.has_attr("checked") for each in page.select("input")] == [False, True, False]


def test_the_cells_hold_what_each_wrote_and_mark_who_is_right() -> None:
    page = soup()
    whole, digits = (ruler.select(".em-sums > div > span") for ruler in page.select(".em-ruler"))
    for at, (question, answer) in enumerate(zip(QUESTIONS, ANSWERS, strict=True)):
        texts = [texts[at] for texts in WRITTEN.values()]
        assert whole[at].get_text() == question + "\n".join(texts)
        right = [str(who) for who, text in enumerate(texts) if text == answer]
        assert whole[at]["data-em-right"] == "".join(right)
        for place, cell in enumerate(digits[at].select("i")):
            column = [text[place] for text in texts]
            assert cell.get_text().split("\n") == column
            right = [str(who) for who, digit in enumerate(column) if digit == answer[place]]
            assert cell["data-em-right"] == "".join(right)


def test_both_walls_are_pictures_with_their_numbers_in_words() -> None:
    page = soup()
    for ruler, kind in zip(page.select(".em-ruler"), ("answers", "digits"), strict=True):
        picture = ruler.select_one('[role="img"]')
        assert picture is not None
        assert picture["aria-label"] == f"All answers of the chosen size, right {kind} marked."
        assert not picture.select("a, button, input, [tabindex]")
    cells = [cell.get_text() for cell in page.select(".em-numbers td")]
    assert cells == ["small", "0", "4", "middling", "2", "8", "big", "3", "9"]


def test_a_row_beside_gives_shares_as_numbers() -> None:
    row = soup(beside=("Others, *whole answers* only.", {"A": 0.001, "B": 0.084, "C": 0.804}))
    assert [item.get_text() for item in row.select(".em-beside li")] == [
        "A 0.1%",
        "B 8.4%",
        "C 80%",
    ]
    assert row.select_one(".em-beside em") is not None
    assert not soup().select(".em-beside")


def test_what_was_written_cannot_be_markup() -> None:
    page = soup(questions=["<b>&", *QUESTIONS[1:]], written={"<i>": ANSWERS, "&": ANSWERS})
    assert not page.select(".em-sums b, .em-by i")
    assert page.select_one(".em-by").get_text() == "<i>"  # type: ignore[union-attr]


def test_the_style_sheet_knows_every_writer_and_shows_as_many_as_the_words_say() -> None:
    style = asset("wall.css")
    assert [f'[value="{at}"]:checked) {{ --em-at: {at}; }}' in style for at in range(9)] == [
        at < MOST_WRITERS for at in range(9)
    ]
    assert f"span:nth-child(n + {FEW + 1}) {{ display: none; }}" in style
    assert f"the first {FEW} of the 3 sums" in soup().select_one(".em-few").get_text()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"written": {"only": ANSWERS}}, "written: found 1 writers, want 2 to 8"),
        ({"written": dict.fromkeys(map(str, range(9)), ANSWERS)}, "written: found 9 writers"),
        ({"start": 3}, "start: found 3, want 0 to 2"),
        ({"questions": QUESTIONS[1:]}, "answers: found 3 for 2 questions, want one for each"),
        ({"questions": [], "answers": []}, "answers: found 0 for 0 questions"),
        ({"written": {"a": ANSWERS, "b": ["012"]}}, "b: found 1 numerals of [3] digits, want 3"),
        ({"written": {"a": ANSWERS, "b": ["1", "2", "3"]}}, "want 3, all of 3"),
        ({"answers": ["12", "090", "100"]}, "answers: found 3 numerals of [2, 3] digits"),
    ],
)
def test_what_makes_no_wall_is_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        made(**changed)
