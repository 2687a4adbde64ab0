"""The first page: a wall of answers under two rulers, and a card for each chapter."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from emergence_lib.chapters.index import numbers
from tests.site.conftest import SITE, Open, chapter_names

INDEX = "book/index.html"
SCREENS = {"phone": (390, 844), "desktop": (1280, 800)}
# Who is chosen, and what is seen of the wall: the counts, the answers in sight, what is marked.
SEEN = """() => {
  const wall = document.querySelector(".em-wall");
  const clear = getComputedStyle(wall).backgroundColor;
  const shown = (each) => {
    const line = parseFloat(getComputedStyle(each, "::before").marginTop) / each.clientHeight;
    return each.textContent.split("\\n")[Math.round(-line)];
  };
  const marked = (each) => getComputedStyle(each).backgroundColor !== clear;
  const cells = (kind) => [...wall.querySelectorAll(`.em-${kind} .em-sums > div > span`)]
    .filter((cell) => cell.checkVisibility());
  return {
    by: [...wall.querySelectorAll("input")].findIndex((each) => each.checked),
    counts: [...wall.querySelectorAll(".em-counts")].map((each) => Number(each.innerText)),
    whole: cells("answers").map((cell) => [shown(cell.querySelector("i")), marked(cell)]),
    digits: cells("digits").map((cell) =>
      [...cell.querySelectorAll("i")].map((each) => [shown(each), marked(each)])),
  };
}"""


def check(page: Page, by: int, cells: int = 60) -> None:
    """Compare what is seen with what the network of that place wrote."""
    seen = page.evaluate(SEEN)
    answers = list(numbers.sums()["answer"])
    written = list(numbers.written().values())[by]
    counted = numbers.right().iloc[by]
    assert seen["by"] == by
    assert seen["counts"] == [counted["answers"], counted["digits"]]
    right = list(zip(written, answers, strict=True))[:cells]
    assert seen["whole"] == [[text, text == answer] for text, answer in right]
    assert seen["digits"] == [
        [[digit, digit == wanted] for digit, wanted in zip(text, answer, strict=True)]
        for text, answer in right
    ]


def opened(watched: Open, screen: str = "desktop", **options: object) -> Page:
    width, height = SCREENS[screen]
    return watched(viewport={"width": width, "height": height}, **options).open(INDEX)


@pytest.mark.parametrize("scripts", [True, False])
def test_the_keyboard_goes_through_the_networks_with_and_without_scripts(
    watched: Open, scripts: bool
) -> None:
    page = opened(watched, java_script_enabled=scripts)
    assert page.locator(".em-grow").is_visible() == scripts
    choice = page.locator(".em-wall input")
    choice.nth(4).focus()
    if not scripts:  # the page cannot be asked, so only what is laid out is looked at
        for counted in numbers.right().iloc[4:].itertuples():
            expect(page.locator(".em-answers .em-counts b:visible")).to_have_text(
                str(counted.answers)
            )
            expect(page.locator(".em-digits .em-counts b:visible")).to_have_text(
                str(counted.digits)
            )
            page.keyboard.press("ArrowRight")
        return
    for by in (4, 5, 6, 7, 0, 1, 2, 3):
        check(page, by)
        page.keyboard.press("ArrowRight")


def test_a_network_says_its_counts_by_name(watched: Open) -> None:
    page = opened(watched)
    counted = numbers.right().iloc[6]
    name = f"21k gets {counted['answers']} of 60 answers right, {counted['digits']} of 360 digits"
    page.get_by_role("radio", name=name).check()
    check(page, 6)
    tree = page.locator(".em-wall").aria_snapshot()
    assert "right answers marked" in tree
    assert not re.search(r"\d{5}\+\d{5}", tree), "the cells are read out one by one"


def test_the_strip_follows_a_held_mouse(watched: Open) -> None:
    page = opened(watched)
    box = page.locator(".em-by-all").bounding_box()
    assert box
    at = [box["x"] + (by + 0.5) * box["width"] / 8 for by in range(8)]
    middle = box["y"] + box["height"] / 2
    page.mouse.move(at[1], middle)
    check(page, 4)
    page.mouse.down()
    check(page, 1)
    page.mouse.move(at[6], middle, steps=3)
    check(page, 6)
    page.mouse.move(box["x"] + box["width"] + 60, middle + 200)
    check(page, 7)
    page.mouse.up()
    page.mouse.move(at[2], middle)
    check(page, 7)


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_the_button_grows_the_network_once_and_then_says_what_came_of_it(
    watched: Open, motion: str
) -> None:
    tab = watched(viewport={"width": 1280, "height": 800}, reduced_motion=motion)
    tab.page.clock.install(time=0)
    page = tab.open(INDEX)
    page.clock.pause_at(60_000)
    page.get_by_role("button", name="Grow the network").click()
    step = 650 if motion == "no-preference" else 1300
    status = page.locator('.em-wall [role="status"]')
    for by in range(8):
        check(page, by)
        assert bool(status.text_content()) == (by == 7)
        page.clock.run_for(step)
    check(page, 7)
    assert "40 of 60 answers right" in (status.text_content() or "")


def test_a_reader_who_chooses_stops_the_growing(watched: Open) -> None:
    tab = watched(viewport={"width": 1280, "height": 800})
    tab.page.clock.install(time=0)
    page = tab.open(INDEX)
    page.clock.pause_at(60_000)
    page.get_by_role("button", name="Grow the network").click()
    page.clock.run_for(700)
    page.locator(".em-wall input").nth(1).focus()
    page.keyboard.press("ArrowRight")
    page.clock.run_for(10_000)
    check(page, 2)


@pytest.mark.parametrize("screen", SCREENS)
def test_the_wall_fits_the_first_screen_and_says_what_it_leaves_out(
    watched: Open, screen: str
) -> None:
    page = opened(watched, screen)
    page.evaluate("document.fonts.ready.then(() => true)")
    said = page.locator(".em-few")
    shown = 60
    if said.is_visible():
        found = re.search(r"the first (\d+) of the 60 sums", said.inner_text())
        assert found
        shown = int(found[1])
    assert (shown < 60) == (screen == "phone")
    check(page, 4, cells=shown)
    walls = page.locator(".em-sums").all()
    for wall in walls:
        box = wall.bounding_box()
        assert box
        assert box["y"] + box["height"] <= SCREENS[screen][1]
        size = float(
            wall.locator("> div").evaluate("each => parseFloat(getComputedStyle(each).fontSize)")
        )
        assert 11 <= size <= 14
    # No answer runs into the next.
    assert page.evaluate(
        """() => [...document.querySelectorAll(".em-sums > div > span")]
          .every((cell) => cell.scrollWidth <= cell.clientWidth)"""
    )


def test_every_chapter_has_a_card_with_its_figure_question_and_minutes(watched: Open) -> None:
    page = opened(watched)
    cards = page.locator(".em-chapters > li")
    assert cards.count() == len(chapter_names())
    for card in cards.all():
        link = card.locator("a")
        target = f"book/{link.get_attribute('href')}"
        html = (SITE / target).read_text("utf-8")
        minutes = card.locator(".em-chapter-minutes").inner_text()
        assert re.fullmatch(r"\d+ min read", minutes)
        assert f"<span>{minutes}</span>" in html
        assert card.locator("p").nth(1).inner_text().endswith("?")
        thumb = card.locator(".em-thumb > svg").bounding_box()
        assert thumb
        assert thumb["height"] > 50
        marks = card.locator(".em-thumb :is(path, circle)")
        assert marks.count() >= 1
        assert not card.locator(".em-thumb text").count()


def test_a_card_leads_to_its_chapter_by_mouse_and_keyboard(watched: Open) -> None:
    page = opened(watched)
    mirage = page.get_by_role("link", name="13 The mirage")
    page.locator(".em-chapters > li", has=mirage).locator(".em-thumb").click()
    page.wait_for_url("**/metric-debate/mirage.html")
    page.go_back()
    mirage.last.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/metric-debate/mirage.html")
