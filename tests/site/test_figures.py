"""Every figure of every page can be read: sizes of words, overlaps, cuts, and room on a screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.site.conftest import SITE, page_names, paint_all

SCREENS = {"phone": (390, 844), "desktop": (1280, 800)}
SMALLEST, LARGEST = 11, 14
BLOCK = 0.6
"""Share of the screen that message, picture, controls and read-out may take."""
# A box of text holds room for accents and tails that its letters seldom fill.
MEASURE = """figure => {
  const frame = figure.querySelector(".em-picture").getBoundingClientRect();
  const found = { sizes: [], faults: [] };
  for (const panel of figure.querySelectorAll(".em-panel")) {
    const texts = [...panel.querySelectorAll("text")].filter((text) => {
      const style = getComputedStyle(text);
      return text.textContent.trim() && style.opacity !== "0" && style.visibility === "visible";
    });
    const boxes = texts.map((text) => {
      const { left, right, top, bottom } = text.getBoundingClientRect();
      return { said: text.textContent, left, right, top: top + 3, bottom: bottom - 3.5 };
    });
    for (const text of texts) {
      const { a, b } = text.getScreenCTM();
      found.sizes.push(parseFloat(getComputedStyle(text).fontSize) * Math.hypot(a, b));
    }
    boxes.forEach((one, at) => {
      const beyond = Math.max(
        frame.left - one.left, one.right - frame.right,
        frame.top - one.top, one.bottom - frame.bottom,
      );
      if (beyond > 2) found.faults.push(`"${one.said}" is cut by ${beyond.toFixed(0)} px`);
      for (const other of boxes.slice(at + 1)) {
        const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
        const high = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
        if (wide > 2 && high > 1) found.faults.push(`"${one.said}" lies on "${other.said}"`);
      }
    });
  }
  return found;
}"""


def pages_with_figures() -> list[str]:
    """Return the pages that show a figure."""
    named = [
        name
        for name in page_names()
        if not SITE.is_dir() or "em-picture" in (SITE / name).read_text("utf-8")
    ]
    return named or ["no-figure-built"]


PLACES = [(name, screen) for name in pages_with_figures() for screen in SCREENS]


@pytest.fixture(scope="module")
def page(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Open a page on a screen once for all that is measured there, all of it laid out."""
    name, screen = request.param
    width, height = SCREENS[screen]
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(address + name)
    paint_all(page)
    page.evaluate("document.querySelectorAll('.em-reveal').forEach(each => each.open = true)")
    page.evaluate("document.fonts.ready.then(() => true)")
    yield page
    page.close()


def settings(figure: Locator) -> list[dict[str, Any]]:
    """Return the corners of an explorable: every control at its first and last value."""
    return list(
        figure.evaluate(
            """figure => {
              const data = figure.querySelector('.em-side script[type="application/json"]');
              if (!data) return [{}];
              const { controls } = JSON.parse(data.textContent);
              const ends = [0, -1].map((end) =>
                Object.fromEntries(controls.map(({ key, values }) => [key, values.at(end)])));
              return [{}, ...ends];
            }"""
        )
    )


@pytest.mark.parametrize("page", PLACES, indirect=True, ids=" ".join)
def test_a_reader_sees_message_picture_control_and_read_out_at_once(page: Page) -> None:
    assert page.viewport_size
    room = BLOCK * page.viewport_size["height"]
    tall = []
    for figure in page.locator(".em-explorable").all():
        top = figure.locator(".em-lead").bounding_box()
        end = figure.locator(".em-readout").bounding_box()
        picture = figure.locator(".em-picture").bounding_box()
        assert top
        assert end
        assert picture
        height = max(end["y"] + end["height"], picture["y"] + picture["height"]) - top["y"]
        if height > room:
            tall.append(f"{figure.get_attribute('id')}: {height:.0f} px of {room:.0f}")
    assert tall == []


PHONES = [place for place in PLACES if place[1] == "phone"]


@pytest.mark.parametrize("page", PHONES, indirect=True, ids=" ".join)
def test_panels_stand_below_each_other_on_a_phone(page: Page) -> None:
    for picture in page.locator(".em-panels").all():
        drawn = picture.evaluate("each => parseFloat(each.style.getPropertyValue('--drawn'))")
        lefts = {round(panel.bounding_box()["x"]) for panel in picture.locator(".em-panel").all()}  # type: ignore[index]
        assert len(lefts) == max(1, int(358 // drawn))


@pytest.mark.parametrize("page", PLACES, indirect=True, ids=" ".join)
def test_words_of_figures_can_be_read_and_lie_apart(page: Page) -> None:
    """Last, since it leaves controls at their ends."""
    faults = []
    for figure in page.locator(".em-figure:has(.em-picture)").all():
        identity = figure.get_attribute("id")
        for chosen in settings(figure):
            figure.evaluate(
                "(figure, chosen) => figure.emSet?.(new URLSearchParams(chosen).toString())",
                chosen,
            )
            found = figure.evaluate(MEASURE)
            at = f"{identity} {chosen or ''}".strip()
            faults += [f"{at}: {each}" for each in found["faults"]]
            if found["sizes"] and not (
                min(found["sizes"]) >= SMALLEST and max(found["sizes"]) <= LARGEST
            ):
                faults.append(f"{at}: words of {min(found['sizes'])} to {max(found['sizes'])} px")
    assert faults == []
