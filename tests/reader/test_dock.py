"""Words that set a control: their figure docks and goes home, and the page does not move."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browsers import chromium
from tests.reader.test_browser import opened

SIZES = {"phone": (390, 844), "desktop": (1280, 800)}
PARAGRAPH = "<p>" + "Words that tell what the figure shows, and a little more. " * 7 + "</p>"
STYLE = (
    "<style>:root{--em-sans:sans-serif;--em-measure:38rem}main{margin:0;max-width:38rem;"
    "padding:0 1rem}.bar{background:#ccc;height:180px}p{margin:1rem 0}</style>"
)


def figure(name: str) -> str:
    """Return a figure as the book's pages have them, its picture a grey bar."""
    return (
        f'<figure id="fig-{name}" class="em-figure" data-em-name="{name}" '
        f'aria-labelledby="fig-{name}-lead"><figcaption class="em-lead" id="fig-{name}-lead">'
        "The longer, the later.</figcaption>"
        '<div class="em-picture" role="img" aria-label="A bar."><div class="bar"></div></div>'
        f'<div class="em-side"><fieldset class="em-controls"><legend>Controls</legend>'
        f'<label>steps <input type="range" id="{name}-n" min="0" max="9" value="5"></label>'
        '</fieldset><p class="em-readout"><span>Now 5.</span></p>'
        '<p class="em-caption">A bar, drawn by hand.</p></div>'
        '<div class="em-fine"><p>Source: this test.</p></div></figure>'
    )


def word(name: str, value: int) -> str:
    return (
        f'<p>Go to <a class="em-set" id="to-{name}-{value}" href="#fig-{name}" '
        f'data-em-figure="{name}" data-em-set="n={value}">{value} steps</a>, and look.</p>'
    )


SET = """<script>
for (const figure of document.querySelectorAll('.em-figure')) figure.emSet = (query) => {
  const value = new URLSearchParams(query).get('n');
  figure.querySelector('input').value = value;
  figure.querySelector('.em-readout span').textContent = `Now ${value}.`;
};
</script>"""
BODY = (
    STYLE
    + PARAGRAPH * 2
    + figure("power")
    + PARAGRAPH * 2
    + figure("other")
    + PARAGRAPH * 6
    + word("power", 2)
    + PARAGRAPH
    + word("power", 9)
    + word("other", 1)
    + PARAGRAPH * 9
    + figure("last")
    + PARAGRAPH * 3
    + SET
)
FRAMES = """() => new Promise((done) => {
  let left = 4;
  const next = () => (left-- ? requestAnimationFrame(next) : done());
  next();
})"""
# Where every word of the page that can be seen stands on the screen.
SEEN = """() => [...document.querySelectorAll('main p, main a')]
  .filter((each) => !each.closest('figure'))
  .map((each) => each.getBoundingClientRect())
  .filter(({ top, bottom }) => bottom > 0 && top < innerHeight)
  .map(({ top, left }) => [top, left])"""


WORD = "document.getElementById('to-power-2').getBoundingClientRect().top"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def settle(page: Page) -> None:
    """Wait until the browser has painted, and changed what it changes after painting."""
    page.evaluate(FRAMES)


def put(page: Page, name: str, top: float) -> None:
    """Scroll until a word stands at a height of the screen."""
    for _ in range(4):
        page.evaluate(
            "([id, top]) => scrollBy({top: document.getElementById(id).getBoundingClientRect().top"
            " - top, behavior: 'instant'})",
            [name, top],
        )
        settle(page)


def reading(browser: Browser, folder: Path, size: str, *, top: float = 200) -> Page:
    """Open the page with the first word at a height of the screen."""
    width, height = SIZES[size]
    page = opened(browser, folder, BODY, viewport={"width": width, "height": height})
    put(page, "to-power-2", top)
    return page


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.textContent"))


def escape(page: Page) -> None:
    page.keyboard.press("Escape")


def back(page: Page) -> None:
    page.go_back()


def button(page: Page) -> None:
    page.get_by_role("button", name="Back to the text").click()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("top", [90, 420, 760])
@pytest.mark.parametrize("seen", [False, True], ids=["never-painted", "seen-before"])
def test_the_page_moves_neither_on_the_press_nor_on_the_way_back(
    browser: Browser, tmp_path: Path, size: str, top: int, seen: bool
) -> None:
    page = reading(browser, tmp_path, size, top=top)
    if seen:
        page.locator("#fig-power").scroll_into_view_if_needed()
        settle(page)
        put(page, "to-power-2", top)
    before, entries = page.evaluate(SEEN), page.evaluate("history.length")
    for leave in (escape, back, button):
        page.locator("#to-power-2").click()
        settle(page)
        assert page.locator("#fig-power.em-docked").is_visible()
        assert page.locator("#fig-power .em-readout").inner_text() == "Now 2."
        assert page.evaluate(SEEN) == before
        leave(page)
        assert page.locator(".em-docked, .em-place, .em-dockbar").count() == 0
        page.wait_for_function("history.state.emDock === 'below'")
        settle(page)
        assert page.evaluate(SEEN) == before
        assert focused(page) == "to-power-2"
    assert page.evaluate("history.length") <= entries + 1
    page.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("top", [90, 420, 760])
def test_the_dock_covers_neither_the_word_nor_too_much(
    browser: Browser, tmp_path: Path, size: str, top: int
) -> None:
    page = reading(browser, tmp_path, size, top=top)
    link = page.locator("#to-power-2")
    link.click()
    dock, box = page.locator("#fig-power").bounding_box(), link.bounding_box()
    text = page.locator("main > p").first.bounding_box()
    assert dock
    assert box
    assert text
    width, height = SIZES[size]
    assert dock["y"] >= 0
    assert dock["y"] + dock["height"] <= height
    if size == "phone":
        assert dock["height"] <= 0.6 * height + 1
        assert dock["y"] >= box["y"] + box["height"] or dock["y"] + dock["height"] <= box["y"]
    else:
        assert dock["x"] >= text["x"] + text["width"]
        assert dock["x"] + dock["width"] <= width
    shown = {
        part: page.locator(f"#fig-power .em-{part}").is_visible()
        for part in ("lead", "picture", "controls", "readout", "caption", "fine")
    }
    assert [part for part in shown if shown[part]] == ["lead", "picture", "controls", "readout"]
    page.close()


def test_reading_on_sends_the_figure_home_and_nothing_jumps(
    browser: Browser, tmp_path: Path
) -> None:
    page = reading(browser, tmp_path, "phone")
    page.locator("#to-power-2").click()
    page.mouse.move(200, 150)
    page.mouse.wheel(0, 150)
    settle(page)
    assert page.locator(".em-docked").count() == 1, "a little further it is still there"
    places = []
    for _ in range(8):
        page.mouse.wheel(0, 200)
        settle(page)
        places.append(page.evaluate("scrollY"))
    assert page.locator(".em-docked").count() == 0
    assert {after - before for before, after in pairwise(places)} == {200}
    page.wait_for_function("history.state.emDock === 'below'")
    page.close()


def test_on_a_low_screen_the_read_out_stays_in_sight(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, tmp_path, BODY, viewport={"width": 390, "height": 520})
    put(page, "to-power-2", 60)
    page.locator("#to-power-2").click()
    settle(page)
    assert page.locator(".em-docked").evaluate("e => e.scrollHeight > e.clientHeight + 20")
    assert page.locator(".em-docked .em-readout span").evaluate(
        """readout => {
          const { x, y, width, height, bottom } = readout.getBoundingClientRect();
          const seen = document.elementFromPoint(x + width / 2, y + height / 2);
          return bottom <= innerHeight && readout.contains(seen);
        }"""
    )
    page.close()


def test_over_a_narrow_screen_it_leaves_with_its_word(browser: Browser, tmp_path: Path) -> None:
    page = reading(browser, tmp_path, "phone")
    word = page.locator("#to-power-2")
    word.click()
    page.mouse.move(200, 150)
    while word.evaluate("each => each.getBoundingClientRect().bottom > 0"):
        assert page.locator(".em-docked").count() == 1
        page.mouse.wheel(0, 100)
        settle(page)
    assert page.locator(".em-docked").count() == 0
    page.close()


def test_the_keyboard_stays_in_the_text_when_the_figure_goes_home(
    browser: Browser, tmp_path: Path
) -> None:
    page = reading(browser, tmp_path, "desktop")
    page.locator("#to-power-2").focus()
    page.keyboard.press("Enter")
    assert focused(page) != "to-power-2"
    page.mouse.move(200, 150)
    for _ in range(9):
        page.mouse.wheel(0, 200)
        settle(page)
    assert page.locator(".em-docked").count() == 0
    assert focused(page) == "to-power-2"
    page.close()


def test_it_goes_home_when_the_reader_comes_to_its_place(browser: Browser, tmp_path: Path) -> None:
    page = reading(browser, tmp_path, "desktop", top=500)
    put(page, "to-power-2", 790)
    page.evaluate("document.querySelector('#fig-other').remove()")
    page.evaluate("[...document.querySelectorAll('main > p')].slice(3, 9).forEach(e => e.remove())")
    put(page, "to-power-2", 60)
    page.locator("#to-power-2").click()
    settle(page)
    assert page.locator(".em-docked").count() == 1
    page.evaluate("document.querySelector('.em-place').scrollIntoView({block: 'end'})")
    page.wait_for_function("!document.querySelector('.em-docked')")
    assert page.locator("#fig-power .em-fine").is_visible()
    page.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("leave", [back, button], ids=["back", "button"])
def test_go_to_the_figure_leaves_a_way_back_to_the_very_line(
    browser: Browser, tmp_path: Path, size: str, leave: Callable[[Page], None]
) -> None:
    page = reading(browser, tmp_path, size, top=300)
    before = page.evaluate(SEEN)
    page.locator("#to-power-2").click()
    page.get_by_role("button", name="Go to the figure").click()
    settle(page)
    assert page.locator("#fig-power .em-fine").is_visible()
    assert page.locator("#fig-power .em-picture").evaluate(
        "e => e.getBoundingClientRect().top >= 0 && e.getBoundingClientRect().bottom <= innerHeight"
    )
    assert focused(page) == "↑ Back to the text"
    page.mouse.wheel(0, 150)
    settle(page)
    leave(page)
    settle(page)
    assert page.evaluate(SEEN) == before
    assert focused(page) == "to-power-2"
    assert page.locator(".em-back").count() == 0
    page.close()


@pytest.mark.parametrize("size", SIZES)
def test_the_way_back_leaves_a_reader_who_reads_on(
    browser: Browser, tmp_path: Path, size: str
) -> None:
    page = reading(browser, tmp_path, size, top=300)
    page.locator("#to-power-2").click()
    page.get_by_role("button", name="Go to the figure").click()
    settle(page)
    back = page.get_by_role("button", name="Back to the text")
    page.evaluate("scrollBy({ top: 200, behavior: 'instant' })")
    settle(page)
    assert back.count() == 1
    page.evaluate("scrollBy({ top: 4 * innerHeight, behavior: 'instant' })")
    page.wait_for_function("!document.querySelector('.em-back')")
    page.wait_for_function("history.state.emDock === 'below'")
    page.close()


def test_other_words_use_the_dock_that_is_there_or_change_it(
    browser: Browser, tmp_path: Path
) -> None:
    page = reading(browser, tmp_path, "desktop", top=100)
    before = page.evaluate(SEEN)
    page.locator("#to-power-2").click()
    entries = page.evaluate("history.length")
    page.locator("#to-power-9").click()
    assert page.locator("#fig-power.em-docked .em-readout").inner_text() == "Now 9."
    page.locator("#to-other-1").click()
    settle(page)
    assert page.locator(".em-docked").count() == 1
    assert page.locator("#fig-other.em-docked .em-readout").inner_text() == "Now 1."
    assert page.evaluate(SEEN) == before
    assert page.evaluate("history.length") == entries
    page.go_back()
    settle(page)
    assert page.locator(".em-docked").count() == 0
    assert focused(page) == "to-other-1"
    assert page.evaluate(SEEN) == before
    page.close()


def test_a_figure_in_view_is_set_where_it_is(browser: Browser, tmp_path: Path) -> None:
    page = reading(browser, tmp_path, "desktop")
    page.evaluate(
        "document.querySelector('#to-power-2').closest('p').after("
        "document.querySelector('#fig-power'))"
    )
    put(page, "to-power-2", 100)
    page.locator("#to-power-2").click()
    assert page.locator("#fig-power .em-readout").inner_text() == "Now 2."
    assert page.locator(".em-docked").count() == 0
    page.close()


def test_the_keyboard_goes_into_the_dock_and_out_to_what_follows_the_word(
    browser: Browser, tmp_path: Path
) -> None:
    page = reading(browser, tmp_path, "desktop", top=100)
    before = page.evaluate(SEEN)
    page.locator("#to-power-2").focus()
    page.keyboard.press("Enter")
    stops = [focused(page)]
    for _ in range(4):
        page.keyboard.press("Tab")
        stops.append(focused(page))
    text, go = "✕ Back to the text", "Go to the figure"
    assert stops == [text, go, "power-n", "to-power-2", "to-power-9"]
    assert page.evaluate(SEEN) == before
    page.keyboard.press("Escape")
    assert page.locator(".em-docked").count() == 0
    page.close()


def test_a_reload_and_a_link_within_the_page_leave_no_trace(
    browser: Browser, tmp_path: Path
) -> None:
    page = reading(browser, tmp_path, "phone")
    page.locator("#to-power-2").click()
    settle(page)
    place = page.evaluate(WORD)
    page.reload()
    settle(page)
    assert page.locator(".em-docked").count() == 0
    assert page.evaluate(WORD) == pytest.approx(place, abs=1)
    page.locator("#to-power-2").click()
    page.evaluate("location.hash = 'fig-last'")
    settle(page)
    assert page.locator(".em-docked").count() == 0
    top = page.locator("#fig-last").evaluate("e => e.getBoundingClientRect().top")
    assert abs(top) < 1
    page.close()


def test_without_scripts_the_word_is_a_link_to_the_figure(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, tmp_path, BODY, java_script_enabled=False)
    page.locator("#to-power-2").click()
    assert page.url.endswith("#fig-power")
    page.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_an_open_dock_is_accessible(
    browser: Browser, tmp_path: Path, size: str, dark: bool
) -> None:
    page = reading(browser, tmp_path, size)
    page.evaluate("dark => document.documentElement.dataset.theme = dark ? 'dark' : 'light'", dark)
    page.locator("#to-power-2").click()
    found = Axe().run(page).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
    page.close()
