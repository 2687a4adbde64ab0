"""What a quiz finds in storage and cannot use is dropped; the quiz works all the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from emergence_lib import quizzes
from tests.browsers import chromium
from tests.reader.test_browser import answer_quiz, opened
from tests.test_quizzes import GOOD


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def key(page: Page) -> str:
    return f"em-quiz:{page.locator('.em-quiz').get_attribute('data-em-name')}"


def with_record(browser: Browser, folder: Path, record: str) -> Page:
    """Open a page with a quiz that finds a record."""
    path = folder / "mirage.yml"
    path.write_text(GOOD, encoding="utf-8")
    page = opened(browser, folder, quizzes.read(path))
    page.evaluate("([key, record]) => localStorage.setItem(key, record)", [key(page), record])
    page.reload()
    return page


def ids(page: Page) -> list[str]:
    found: list[str] = page.locator(".em-question").evaluate_all(
        "forms => forms.map(each => each.dataset.emId)"
    )
    return found


@pytest.mark.parametrize("record", ["5", '"x"', "true", "null", "[]", "[1]", "{", ""])
def test_what_is_no_record_counts_as_none_and_is_replaced(
    browser: Browser, tmp_path: Path, record: str
) -> None:
    page = with_record(browser, tmp_path, record)
    expect(page.locator(".em-score span")).to_have_text("4 questions")
    answer_quiz(page)
    page.reload()
    expect(page.locator(".em-score span")).to_have_text("3 of 4 right")
    page.close()


UNFIT: list[object] = [
    ["0", "1", "2", "3", "4", "5"],
    ["0", "0"],
    ["7"],
    [],
    ["about half"],
    [None],
    [{"a": 1}],
    "0",
    5,
    {"0": "0"},
    ["__proto__"],
]


@pytest.mark.parametrize("given", UNFIT, ids=json.dumps)
def test_an_answer_that_does_not_fit_its_question_is_dropped_and_the_others_stand(
    browser: Browser, tmp_path: Path, given: object
) -> None:
    blank = with_record(browser, tmp_path, "{}")
    names = ids(blank)
    blank.close()
    right_number = {names[2]: ["59"]}
    for name in (names[0], names[1], names[3]):
        page = with_record(browser, tmp_path, json.dumps({name: given, **right_number}))
        done = page.locator("[data-em-done]").evaluate_all(
            "forms => forms.map(each => each.dataset.emId)"
        )
        assert done == [names[2]]
        assert page.get_by_role("button", name="Check").count() == 3
        page.close()
    page = with_record(browser, tmp_path, json.dumps({names[2]: given}))
    fits = given in (["7"],)
    assert page.locator("[data-em-done]").count() == fits
    page.close()


def test_answers_to_questions_of_yesterday_are_forgotten(browser: Browser, tmp_path: Path) -> None:
    page = with_record(browser, tmp_path, json.dumps({"gone": ["1"]}))
    answer_quiz(page)
    record = json.loads(page.evaluate("key => localStorage[key]", key(page)))
    assert set(record) == set(ids(page))
    page.close()


def test_a_saved_page_with_answers_begins_anew(browser: Browser, tmp_path: Path) -> None:
    page = with_record(browser, tmp_path, "{}")
    answer_quiz(page)
    path = tmp_path / "saved.html"
    path.write_text(f"<!doctype html>{page.content()}", "utf-8")
    page.evaluate("localStorage.clear()")
    page.goto(path.as_uri())
    expect(page.locator(".em-score span")).to_have_text("4 questions")
    answer_quiz(page)
    expect(page.locator(".em-score span")).to_have_text("3 of 4 right")
    page.close()
