"""A marker on a scale: no place is right, and asked again it says what moved."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from emergence_lib.reader import place
from tests.browsers import chromium
from tests.reader.test_browser import opened

STANDS = {"P1 Scores": (0, 3), "P2 Networks": (6, 10), "P3 Both": (2, 7)}
GIVEN: Any = {
    "most": 10,
    "ends": ("in the measurement", "in the network"),
    "because": "Kept here.",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(autouse=True)
def book(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMERGENCE_STATIC", "1")


def page_of(browser: Browser, folder: Path, **context: Any) -> Page:
    first = place("Where?", name="first", **GIVEN)
    again = place("Where?", name="again", since="first", stands=STANDS, **GIVEN)
    return opened(browser, folder, first, again, **context)


def put(page: Page, name: str, value: int) -> str:
    box = page.locator(f"#predict-{name}")
    box.get_by_role("slider").fill(str(value))
    box.get_by_role("button", name="Place it").click()
    return box.locator(".em-said").inner_text()


def test_asked_again_it_says_who_stands_there_and_what_moved(
    browser: Browser, tmp_path: Path
) -> None:
    page = page_of(browser, tmp_path)
    assert put(page, "first", 2) == "Your marker is at 2 of 10."
    said = put(page, "again", 7)
    assert said == (
        "Your marker is at 7 of 10. P2, P3 stand there. "
        "It moved from 2 to 7, towards “in the network”, and away from P1."
    )
    page.reload()
    assert page.locator("#predict-again .em-said").inner_text() == said
    spans = page.locator("#predict-again .em-spans")
    assert spans.evaluate(
        "e => [e.style.getPropertyValue('--was'), e.style.getPropertyValue('--now')]"
    ) == [
        "0.2",
        "0.7",
    ]
    page.close()


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        (7, 7, "P2, P3 stand there. It has not moved."),
        (
            9,
            4,
            "P3 stands there. It moved from 9 to 4, towards “in the measurement”, "
            "and away from P2.",
        ),
        (None, 4, "P3 stands there. You placed none before."),
    ],
)
def test_a_marker_may_stay_go_back_or_be_the_first(
    browser: Browser, tmp_path: Path, before: int | None, now: int, words: str
) -> None:
    page = page_of(browser, tmp_path)
    if before is not None:
        put(page, "first", before)
    assert put(page, "again", now) == f"Your marker is at {now} of 10. {words}"
    page.close()


@pytest.mark.parametrize("bad", ["", "NaN", "11", "-1", "2.5", "here"])
def test_a_stored_place_that_is_none_counts_as_none(
    browser: Browser, tmp_path: Path, bad: str
) -> None:
    page = page_of(browser, tmp_path)
    page.evaluate("bad => localStorage.setItem('em-predict:first', bad)", bad)
    assert put(page, "again", 4).endswith("You placed none before.")
    page.close()


def test_without_a_script_everybodys_place_can_be_read(browser: Browser, tmp_path: Path) -> None:
    page = page_of(browser, tmp_path, java_script_enabled=False)
    page.locator("#predict-again summary").click()
    rows = page.locator("#predict-again .em-spans li")
    assert rows.all_inner_texts()[0].startswith("P1 Scores")
    assert rows.first.text_content() == "P1 Scores, 0 to 3 of 10"
    assert page.get_by_role("button").count() == 0
    page.close()


def test_it_begins_unplaced_and_the_middle_can_be_meant(browser: Browser, tmp_path: Path) -> None:
    page = page_of(browser, tmp_path)
    box = page.locator("#predict-first")
    assert box.locator("output").inner_text() == "–"
    assert page.evaluate("localStorage.length") == 0
    assert "em-answer" not in box.inner_html()
    box.get_by_role("button", name="Place it").click()
    assert box.locator(".em-said").inner_text() == "Your marker is at 5 of 10."
    assert page.evaluate("localStorage.getItem('em-predict:first')") == "5"
    page.close()


def test_a_placed_marker_can_be_placed_again(browser: Browser, tmp_path: Path) -> None:
    page = page_of(browser, tmp_path)
    put(page, "first", 2)
    box = page.locator("#predict-first")
    assert box.get_by_role("slider").is_disabled()
    box.get_by_role("button", name="Place it again").press("Enter")
    assert box.get_by_role("slider").is_enabled()
    assert put(page, "first", 8) == "Your marker is at 8 of 10."
    assert put(page, "again", 8).endswith("It has not moved.")
    page.reload()
    assert box.locator(".em-said").inner_text() == "Your marker is at 8 of 10."
    page.close()


def test_what_opens_is_named_for_what_it_holds(browser: Browser, tmp_path: Path) -> None:
    page = page_of(browser, tmp_path)
    put(page, "first", 2)
    assert page.locator("#predict-first summary").inner_text() == "Where your marker stands"
    put(page, "again", 4)
    again = page.locator("#predict-again")
    assert again.locator("summary").inner_text() == "What moved, and who stands where"
    assert again.locator(".em-scale").inner_text().split("\n") == list(GIVEN["ends"])
    page.close()


@pytest.mark.parametrize("before", [2, None])
def test_only_lines_that_are_drawn_are_explained(
    browser: Browser, tmp_path: Path, before: int | None
) -> None:
    page = page_of(browser, tmp_path)
    if before is not None:
        put(page, "first", before)
    lines = page.locator("#predict-again .em-lines span:visible")
    page.locator("#predict-again summary").click()
    assert lines.count() == 0
    put(page, "again", 4)
    thin, thick = "thin line: your marker before", "thick line: your marker now"
    assert lines.all_inner_texts() == ([thick] if before is None else [thin, thick])
    page.close()


def test_it_is_accessible_when_placed(browser: Browser, tmp_path: Path) -> None:
    page = page_of(browser, tmp_path, viewport={"width": 390, "height": 844})
    put(page, "again", 7)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["target"]) for each in found] == []
    page.close()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"name": "Not A Name"}, "wanted two names"),
        ({"name": "first", "since": "first"}, "wanted two names"),
        ({"question": " "}, "question is empty"),
        ({"ends": ("", "b")}, "words at both ends"),
        ({"most": 1}, "wanted two or more"),
        ({"stands": {"P1": (3, 11)}}, "P1 stands from 3 to 11"),
        ({"stands": {"P1": (3, 3)}}, "the smaller first"),
    ],
)
def test_a_scale_that_is_none_is_refused(change: dict[str, Any], complaint: str) -> None:
    given = {"question": "Where?", "name": "first", **GIVEN} | change
    with pytest.raises(ValueError, match=complaint):
        place(given.pop("question"), **given)
