"""Predictions in a browser: nothing gives the answer away before the reader has committed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from emergence_lib.reader import predict
from tests.browsers import chromium
from tests.reader.test_browser import opened

VEIL = "The next lines give the answer away. They open when you commit, or look without predicting."
AFTER = (
    '<div class="em-after" data-em-after="how-many"><p id="inside">Told: it is forty-nine.</p>'
    '<p><a id="target" href="#top">And why.</a></p></div>'
    '<div class="em-after" data-em-after="which"><p id="other">Told: it is a.</p></div>'
    '<p id="rest">The rest.</p><p><a id="link" href="#target">see why</a></p>'
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(autouse=True)
def book(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMERGENCE_STATIC", "1")


def page_of(browser: Browser, folder: Path, **context: Any) -> Page:
    count = predict("How many?", name="how-many", low=0, high=60, answer=49, unit="skills")
    which = predict("Which?", name="which", options=["a", "b"], answer="a")
    return opened(browser, folder, count, which, AFTER, **context)


def move(page: Page, value: int) -> None:
    page.get_by_role("slider").fill(str(value))


def commit(page: Page) -> None:
    page.locator("#predict-how-many button").click()


def test_what_tells_the_answer_opens_on_commit_and_stays_open(
    browser: Browser, tmp_path: Path
) -> None:
    page = page_of(browser, tmp_path)
    assert page.get_by_text(VEIL).count() == 2
    assert not page.locator("#inside").is_visible()
    assert page.locator("#rest").is_visible()
    commit(page)
    assert not page.locator("#inside").is_visible(), "no guess has been made"
    move(page, 31)
    commit(page)
    page.locator("#inside").wait_for()
    assert not page.locator("#other").is_visible()
    assert page.get_by_text(VEIL).count() == 1
    page.reload()
    assert page.locator("#inside").is_visible()
    assert page.get_by_text(VEIL).count() == 1
    page.close()


def test_a_commitment_without_a_choice_says_what_is_missing(
    browser: Browser, tmp_path: Path
) -> None:
    page = page_of(browser, tmp_path)
    box = page.locator("#predict-which")
    first = box.get_by_role("radio").first
    box.get_by_role("button", name="Commit").click()
    assert first.evaluate("e => e.validationMessage") == "Choose one first."
    assert not box.locator(".em-reveal").evaluate("e => e.open")
    first.check()
    assert first.evaluate("e => e.validationMessage") == ""
    box.get_by_role("button", name="Commit").click()
    assert box.locator(".em-reveal").evaluate("e => e.open")
    page.close()


def test_it_opens_for_those_who_skip(browser: Browser, tmp_path: Path) -> None:
    page = page_of(browser, tmp_path)
    page.locator("#predict-which summary").click()
    page.locator("#other").wait_for()
    assert not page.locator("#inside").is_visible()
    page.close()


def test_a_search_within_the_page_and_links_open_it(browser: Browser, tmp_path: Path) -> None:
    page = page_of(browser, tmp_path)
    address = page.url
    page.locator("#link").click()
    page.locator("#inside").wait_for()
    assert page.get_by_text(VEIL).count() == 1
    page.goto("about:blank")
    page.goto(f"{address}#target")
    assert page.locator("#inside").is_visible()
    hidden = page.locator(".em-after").nth(1)
    assert hidden.get_attribute("hidden") == "until-found"
    hidden.dispatch_event("beforematch")  # what a search that finds something in it sends first
    assert page.locator("#other").is_visible()
    assert page.get_by_text(VEIL).count() == 0
    page.close()


def test_on_paper_and_without_scripts_everything_is_there(browser: Browser, tmp_path: Path) -> None:
    page = page_of(browser, tmp_path)
    page.emulate_media(media="print")
    assert page.locator("#inside").is_visible()
    assert page.locator("#inside").evaluate("e => e.checkVisibility({contentVisibilityAuto: true})")
    assert not page.get_by_text(VEIL).first.is_visible()
    page.close()
    page = page_of(browser, tmp_path, java_script_enabled=False)
    assert page.locator("#inside").is_visible()
    assert page.get_by_text(VEIL).count() == 0
    page.close()


@pytest.mark.parametrize(
    ("guess", "said"),
    [
        (49, "You said 49 skills. Spot on."),
        (48, "You said 48 skills. Close."),
        (44, "You said 44 skills. Close."),
        (20, "You said 20 skills."),
    ],
)
def test_spot_on_means_equal_as_printed(
    browser: Browser, tmp_path: Path, guess: int, said: str
) -> None:
    page = page_of(browser, tmp_path)
    move(page, guess)
    commit(page)
    assert page.locator("#predict-how-many .em-said").inner_text() == said
    assert "Answer: 49 skills." in page.locator("#predict-how-many .em-told").inner_text()
    page.close()


@pytest.mark.parametrize("bad", ["NaN", "", "fifty", "49.2", "61", "-1", "null", "[object Object]"])
def test_a_stored_value_that_does_not_fit_is_ignored_and_removed(
    browser: Browser, tmp_path: Path, bad: str
) -> None:
    page = page_of(browser, tmp_path)
    store = """bad => {
      localStorage.setItem('em-predict:how-many', bad);
      localStorage.setItem('em-predict:which', bad + '!');
    }"""
    page.evaluate(store, bad)
    page.reload()
    assert page.evaluate("localStorage.length") == 0
    assert page.evaluate("[scrollY, document.activeElement.tagName]") == [0, "BODY"]
    assert page.locator("details[open]").count() == 0
    assert page.locator("output").inner_text() == "–"
    assert page.locator("#predict-how-many input").input_value() == "30"
    assert not page.locator("#inside").is_visible()
    page.close()


def test_two_tabs_keep_each_others_predictions(browser: Browser, tmp_path: Path) -> None:
    context = browser.new_context()
    one = page_of(browser, tmp_path)
    one.close()
    address = (tmp_path / "page.html").as_uri()
    one, two = context.new_page(), context.new_page()
    one.goto(address)
    two.goto(address)
    move(one, 31)
    commit(one)
    two.locator("#inside").wait_for()
    assert "You said 31 skills." in two.locator("#predict-how-many .em-told").inner_text()
    two.get_by_role("radio").first.check()
    two.locator("#predict-which button").click()
    one.locator("#other").wait_for()
    assert one.evaluate("Object.keys(localStorage).sort()") == [
        "em-predict:how-many",
        "em-predict:which",
    ]
    context.close()


def test_a_saved_page_works_again(browser: Browser, tmp_path: Path) -> None:
    """As a browser saves it: the document as the scripts have left it, with its scripts."""
    page = page_of(browser, tmp_path)
    move(page, 31)
    commit(page)
    page.locator("#inside").wait_for()
    saved = tmp_path / "saved.html"
    saved.write_text(page.content(), "utf-8")
    page.close()
    page = browser.new_page()
    page.goto(saved.as_uri())
    assert page.get_by_text(VEIL).count() == 2
    assert not page.locator("#inside").is_visible()
    move(page, 20)
    commit(page)
    page.locator("#inside").wait_for()
    assert "You said 20 skills." in page.locator("#predict-how-many .em-told").inner_text()
    page.close()


def test_back_from_another_page_shows_the_prediction_as_it_was_left(
    browser: Browser, tmp_path: Path
) -> None:
    page = page_of(browser, tmp_path)
    move(page, 31)
    page.goto("about:blank")
    page.go_back()
    guess, output = page.get_by_role("slider").input_value(), page.locator("output").inner_text()
    assert (guess, output) in {("30", "–"), ("31", "31 skills")}, "slider and words disagree"
    page.close()
