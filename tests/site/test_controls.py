"""Every control by keyboard, with read-outs equal to the Python function that drew the frames.

Texts are read with `text_content`: what is out of sight is not laid out and has no `inner_text`.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import Locator, Page

from emergence_lib.reader.markup import plain
from tests.site.conftest import SITE, Open, figures, page_names


def explorables() -> list[tuple[str, str]]:
    """Return (page, name) of every explorable of the book; for twins see test_twins.py."""
    return figures(".em-explorable:not(.em-twin)")


def update_function(figure: Locator) -> Callable[..., str]:
    """Return the Python function behind an explorable, found by the command that redoes it."""
    command = figure.locator(".em-how > p code").text_content() or ""
    chapter, function = command.split()[-1].split(".")
    module = importlib.import_module(f"emergence_lib.chapters.{chapter}.pictures")
    update: Callable[..., str] = getattr(module, function)()[1]
    return update


def value(spelling: str) -> object:
    """Return the Python value that a control's spelling stands for."""
    if spelling in {"on", "off"}:
        return spelling == "on"
    try:
        number = float(spelling)
    except ValueError:
        return spelling
    return int(number) if number.is_integer() else number


def position(inputs: Locator) -> int:
    """Return which of its values a control stands at."""
    state: int = inputs.evaluate_all(
        """all => all.length > 1 ? all.findIndex((each) => each.checked)
           : all[0].type === "checkbox" ? Number(all[0].checked) : Number(all[0].value)"""
    )
    return state


def step(page: Page, inputs: Locator) -> None:
    """Move a control on by one, with the key that a reader would press."""
    kind = inputs.first.evaluate("each => each.type")
    if kind == "radio":
        inputs.nth(position(inputs)).focus()
    else:
        inputs.first.focus()
    page.keyboard.press({"checkbox": "Space", "radio": "ArrowDown"}.get(kind, "ArrowRight"))


@pytest.mark.parametrize(("name", "figure_name"), explorables())
def test_every_control_moves_by_keyboard_and_reads_out_what_python_says(
    watched: Open, name: str, figure_name: str
) -> None:
    tab = watched()
    page = uncovered(tab.open(name))
    figure = page.locator(f'.em-explorable[data-em-name="{figure_name}"]')
    update = update_function(figure)
    data: dict[str, Any] = json.loads(
        figure.locator('script[type="application/json"]').first.text_content() or ""
    )
    keys = [control["key"] for control in data["controls"]]
    inputs = {key: figure.locator(f'[data-em-key="{key}"]') for key in keys}
    for moved in data["controls"]:
        if inputs[moved["key"]].first.get_attribute("type") == "range":
            inputs[moved["key"]].press("Home")  # it may begin at its last value
        seen = {value(moved["values"][position(inputs[moved["key"]])])}
        for _ in moved["values"]:
            step(page, inputs[moved["key"]])
            settings = {
                control["key"]: value(control["values"][position(inputs[control["key"]])])
                for control in data["controls"]
            }
            shown = figure.locator(".em-readout span").text_content() or ""
            assert " ".join(shown.split()) == " ".join(plain(update(**settings)).split())
            seen.add(settings[moved["key"]])
        assert len(seen) > 1, f"the keyboard does not move {moved['key']}"
    page.wait_for_function(
        "figure => figure.querySelector('.em-live').textContent"
        " === figure.querySelector('.em-readout span').textContent",
        arg=figure.element_handle(),
    )
    assert tab.complaints == []


def uncovered(page: Page) -> Page:
    """Open all that folds on a page, and what it keeps back until predictions are made."""
    page.evaluate("document.querySelectorAll('details').forEach((each) => each.open = true)")
    page.wait_for_function("!document.querySelector('.em-veil')")
    return page


def test_words_in_the_prose_set_the_control(watched: Open) -> None:
    tried = 0
    for name in page_names():
        page = uncovered(watched().open(name))
        for link in page.locator("a.em-set").all():
            link.focus()
            page.keyboard.press("Enter")
            figure = page.locator(f'[data-em-name="{link.get_attribute("data-em-figure")}"]')
            data = json.loads(
                figure.locator('script[type="application/json"]').first.text_content() or ""
            )
            values = {control["key"]: control["values"] for control in data["controls"]}
            for key, wanted in parse_qsl(link.get_attribute("data-em-set") or ""):
                if key == "play":  # and lets a twin run
                    continue
                at = position(figure.locator(f'[data-em-key="{key}"]'))
                assert values[key][at] == wanted
            tried += 1
    assert tried > 0


def test_the_play_button_plays_to_the_end_and_stops(watched: Open) -> None:
    page = watched().open("book/metric-debate/mirage.html")
    play = page.locator(".em-play").first
    slider = page.locator('.em-explorable input[type="range"]').first
    play.focus()
    page.keyboard.press("Enter")
    assert play.get_attribute("aria-pressed") == "true"
    page.wait_for_function(
        "button => button.getAttribute('aria-pressed') === 'false'",
        arg=play.element_handle(),
        timeout=60_000,
    )
    assert slider.input_value() == slider.get_attribute("max")


def test_a_prediction_opens_the_reveal_and_is_remembered(watched: Open) -> None:
    page = watched().open("book/what-is-emergence/networks.html")
    box = page.locator(".em-predict").first
    assert not box.locator(".em-reveal").evaluate("each => each.open")
    box.locator("input").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    assert box.locator(".em-reveal").evaluate("each => each.open")
    page.reload()
    assert box.locator(".em-reveal").evaluate("each => each.open")


PREDICTING = [
    name for name in page_names() if SITE.is_dir() and "em-predict" in (SITE / name).read_text()
]


@pytest.mark.parametrize("name", PREDICTING)
def test_what_tells_an_answer_is_out_of_sight_until_the_reader_looks(
    watched: Open, name: str
) -> None:
    tab = watched()
    page = tab.open(name)
    for frame in page.locator(".em-after").all():
        box = page.locator(f"#predict-{frame.get_attribute('data-em-after')}")
        assert not frame.locator("p").first.is_visible()
        if not box.locator(".em-reveal").evaluate("each => each.open"):
            box.locator("summary").first.click()
        frame.locator("p").first.wait_for()
    assert page.locator(".em-veil").count() == 0
    assert tab.complaints == []


def answer(page: Page, form: Locator) -> None:
    """Give the right answer to a question, by keyboard."""
    kind = form.get_attribute("data-em-type")
    if kind in {"choice", "several"}:
        for right in form.locator("input[data-em-right]").all():
            right.focus()
            page.keyboard.press("Space")
    elif kind == "number":
        field = form.locator("input")
        field.focus()
        page.keyboard.type(str(field.get_attribute("data-em-answer")))
    else:
        for place in form.locator("select").all():
            place.focus()
            page.keyboard.press(str(int(place.get_attribute("data-em-place") or "") + 1))
    form.locator("[type=submit]").focus()
    page.keyboard.press("Enter")


QUIZ_PAGES = (
    [name for name in page_names() if "em-quiz" in (SITE / name).read_text("utf-8")]
    if (SITE.is_dir())
    else ["no-book-built"]
)


@pytest.mark.parametrize("name", QUIZ_PAGES)
def test_a_quiz_answers_scores_remembers_and_starts_again(watched: Open, name: str) -> None:
    tab = watched()
    page = tab.open(name)
    quiz = page.locator(".em-quiz")
    forms = quiz.locator(".em-question").all()
    for form in forms:
        answer(page, form)
        assert form.get_attribute("data-em-done") == "right", form.get_attribute("id")
        assert form.locator(".em-verdict p").count() >= 2, "a right answer gets its reason"
    assert quiz.locator(".em-score span").text_content() == f"{len(forms)} of {len(forms)} right"
    page.reload()
    assert quiz.locator(".em-score span").text_content() == f"{len(forms)} of {len(forms)} right"
    quiz.locator(".em-again").focus()
    page.keyboard.press("Enter")
    assert quiz.locator("[data-em-done]").count() == 0
    assert tab.complaints == []


@pytest.mark.parametrize("name", QUIZ_PAGES)
def test_a_wrong_choice_gets_a_reason_of_its_own(watched: Open, name: str) -> None:
    page = watched().open(name)
    for form in page.locator('.em-question[data-em-type="choice"]').all():
        reasons = set()
        for wrong in form.locator("input:not([data-em-right])").all():
            wrong.focus()
            page.keyboard.press("Space")
            form.locator("[type=submit]").focus()
            page.keyboard.press("Enter")
            assert form.get_attribute("data-em-done") == "wrong"
            reasons.add(form.locator(".em-verdict").text_content())
            form.locator(".em-retry").focus()
            page.keyboard.press("Enter")
        assert len(reasons) == form.locator("input:not([data-em-right])").count()


CHAPTER = "book/what-is-emergence/networks.html"


def test_a_definition_opens_on_focus_and_hover_and_closes_on_escape(watched: Open) -> None:
    page = watched().open(CHAPTER)
    term, card = page.locator("a.em-term").first, page.locator("#em-card")
    term.focus()
    assert card.is_visible()
    assert len(card.inner_text()) > 20
    assert term.get_attribute("aria-describedby") == "em-card"
    page.keyboard.press("Escape")
    assert not card.is_visible()
    page.locator("article h1").click()
    # The gloss in the margin belongs to the link, so its middle is not on the words.
    term.locator("span").hover()
    card.wait_for(state="visible")


def test_every_graded_number_has_its_card(watched: Open) -> None:
    for name in page_names():
        page = uncovered(watched().open(name))
        page.keyboard.press("Shift")  # as one who uses the keyboard
        for link in page.locator("a.em-claim").all():
            link.focus()
            rows = page.locator("#em-card > span").all_text_contents()
            assert rows[0] == link.get_attribute("aria-description"), link
            assert rows[-1] == "Entry in the ledger"


def settle(element: Locator) -> None:
    """Scroll to an element and wait, as a reader does, until the figures above it are painted."""
    element.scroll_into_view_if_needed()
    places: list[object] = []
    while len(places) < 2 or places[-1] != places[-2]:
        element.page.wait_for_timeout(200)
        places.append(element.bounding_box())


def test_the_first_tap_shows_the_definition_and_the_second_follows_the_link(
    watched: Open,
) -> None:
    page = watched(has_touch=True, viewport={"width": 390, "height": 844}).open(CHAPTER)
    term = page.locator("a.em-term").first
    settle(term)
    term.tap()
    page.locator("#em-card").wait_for(state="visible")
    assert page.url.endswith(CHAPTER)
    term.tap()
    page.wait_for_url("**/glossary.html#*")


def test_the_level_is_remembered_and_an_expert_gets_fewer_definitions(watched: Open) -> None:
    page = watched().open(CHAPTER)
    term = page.locator("a.em-term.em-beginner").first
    underlined = "each => getComputedStyle(each).textDecorationLine.includes('underline')"
    assert term.evaluate(underlined)
    page.locator(".em-level select").select_option("expert")
    page.reload()
    assert page.locator(".em-level select").input_value() == "expert"
    assert not term.evaluate(underlined)
    term.focus()
    assert not page.locator("#em-card").is_visible()


def test_without_scripts_a_term_is_a_link_to_the_glossary(watched: Open) -> None:
    page = watched(java_script_enabled=False).open(CHAPTER)
    page.locator("a.em-term").first.click()
    page.wait_for_url("**/glossary.html#*")
