"""The components in a real browser: by keyboard, without scripts, in the dark, on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page

from emergence_lib import quizzes, theme
from emergence_lib.reader import Choice, Explorable, Slider, Switch, explore, predict, show
from emergence_lib.reader.artists import tables
from emergence_lib.reader.output import Output, asset
from tests.browsers import GROUND, chromium
from tests.reader.scenes import curve, power
from tests.test_quizzes import GOOD

STYLES = ("figure", "explorable", "quiz", "predict", "cards", "dock")
SCRIPTS = ("controls", "explorable", "quiz", "predict", "take", "cards", "dock")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def shown() -> Explorable:
    return explore(
        power(),
        name="power",
        alt="A curve bends down.",
        caption="Exact match is a power of $p$.",
        n=Slider("answer length", [1, 2, 3, 5, 8], start=5, unit="digits"),
        error=Switch("show the error rate"),
    )


def second() -> Explorable:
    figure, update = power()

    def chosen(metric: str) -> str:
        return update(2, metric == "error")

    return explore(
        (figure, chosen),
        name="second",
        alt="A curve.",
        caption="Another follows it.",
        metric=Choice("metric", ["score", "error"]),
    )


def opened(
    browser: Browser,
    folder: Path,
    *outputs: Output | str,
    context: BrowserContext | None = None,
    **options: Any,
) -> Page:
    """Write a page as the site would (assets once), open it, and fail on any script error."""
    body = "".join(each if isinstance(each, str) else each.html for each in outputs)
    styles = theme.css_variables() + GROUND + "".join(asset(f"{name}.css") for name in STYLES)
    scripts = "".join(f"<script>{asset(f'{name}.js')}</script>" for name in SCRIPTS)
    path = folder / "page.html"
    path.write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Test</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{styles}</style><main><h1>Test</h1>{body}</main>{scripts}</html>",
        encoding="utf-8",
    )
    page = context.new_page() if context else browser.new_page(**options)
    page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
    page.goto(path.as_uri())
    return page


PICTURE = """figure => [...figure.querySelectorAll('.em-picture .em-svg')]
  .flatMap(svg => [svg, ...svg.querySelectorAll('*')])
  .map(e => [e.localName, Object.fromEntries([...e.attributes].map(a => [a.name, a.value])),
             e.children.length ? '' : e.textContent])"""


def test_script_draws_every_frame_that_python_drew(
    browser: Browser, tmp_path: Path, shown: Explorable
) -> None:
    page = opened(browser, tmp_path, shown)
    figure = page.locator("#fig-power")
    slider = figure.get_by_role("slider", name="answer length")
    switch = figure.get_by_role("switch", name="show the error rate")
    for frame, settings in zip(shown.frames, shown.settings, strict=True):
        switch.set_checked(bool(settings["error"]))
        slider.fill(str(shown.controls["n"].settings.index(settings["n"])))
        wanted = [[node.tag, node.attributes, node.text] for node in frame]
        assert figure.evaluate(PICTURE) == wanted, settings
        readout = shown.readouts[tuple(settings.values())]
        assert figure.locator(".em-readout").inner_text() == readout
    page.close()


def test_keyboard_moves_announces_and_does_not_shift_the_page(
    browser: Browser, tmp_path: Path, shown: Explorable
) -> None:
    page = opened(browser, tmp_path, shown)
    figure = page.locator("#fig-power")
    slider = figure.get_by_role("slider")
    before = figure.locator(".em-picture").bounding_box()
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "8 digits"
    figure.locator(".em-live", has_text="8 digits: 43.0%").wait_for(state="attached")
    page.keyboard.press("Home")
    assert slider.get_attribute("aria-valuetext") == "1 digits"
    assert figure.locator(".em-picture").bounding_box() == before
    page.close()


def test_words_in_the_prose_set_the_right_explorable(
    browser: Browser, tmp_path: Path, shown: Explorable
) -> None:
    link = (
        '<p><a class="em-set" href="#fig-power" data-em-figure="power" '
        'data-em-set="n=2&amp;error=on">try n = 2</a></p><div style="height:2000px"></div>'
    )
    page = opened(browser, tmp_path, link, shown, second(), reduced_motion="reduce")
    # Not `inner_text`: a figure out of sight is not laid out and would have none.
    other = page.locator("#fig-second .em-readout").text_content()
    page.get_by_role("link").click()
    assert page.locator("#fig-power .em-readout").inner_text() == shown.readouts[2, True]
    assert page.locator("#fig-second .em-readout").text_content() == other
    assert page.locator("#fig-power .em-picture").is_visible()
    page.keyboard.press("Escape")
    page.locator("#fig-second").get_by_text("error", exact=True).click()
    assert page.locator("#fig-second .em-readout").text_content() != other
    page.close()


def test_play_runs_to_the_end_and_stops(
    browser: Browser, tmp_path: Path, shown: Explorable
) -> None:
    page = opened(browser, tmp_path, shown)
    play = page.get_by_role("button", name="Play")
    assert play.get_attribute("aria-pressed") == "false"
    play.click()
    assert play.get_attribute("aria-pressed") == "false"  # one step from 5 to 8, the end
    page.evaluate(
        "() => { window.seen = [];"
        " const output = document.querySelector('.em-explorable output');"
        " new MutationObserver(() => seen.push(output.textContent))"
        ".observe(output, { childList: true }); }"
    )
    play.click()
    assert play.get_attribute("aria-pressed") == "true"
    play.and_(page.locator("[aria-pressed=false]")).wait_for()
    assert page.get_by_role("slider").get_attribute("aria-valuetext") == "8 digits"
    assert page.evaluate("seen") == [f"{n} digits" for n in (1, 2, 3, 5, 8)]
    page.close()


def test_without_scripts_everything_can_be_read(
    browser: Browser, tmp_path: Path, shown: Explorable
) -> None:
    path = tmp_path / "mirage.yml"
    path.write_text(GOOD, encoding="utf-8")
    guess = predict("Which?", name="which", options=["a", "b"], answer="b")
    page = opened(browser, tmp_path, shown, quizzes.read(path), guess, java_script_enabled=False)
    text = page.locator("main").inner_text()
    assert "At 90% per digit, 5 digits: 59.0%" in text
    assert "With scripts on: a slider sets the answer length" in text
    assert page.locator("fieldset.em-controls").is_hidden()
    assert page.get_by_text("Answer and reasons").count() == 4
    page.get_by_text("Answer and reasons").first.click()
    assert page.get_by_text("That is one digit.").is_visible()
    page.get_by_text("Look without predicting").click()
    assert page.get_by_text("Answer: b").is_visible()
    assert page.get_by_role("button").count() == 0
    page.close()


def answer_quiz(page: Page) -> None:
    """Answer by keyboard alone: the first wrongly, the others rightly."""
    forms = page.locator(".em-question")
    forms.nth(0).get_by_role("radio").nth(1).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    for name in ("loss", "accuracy per digit"):
        forms.nth(1).get_by_role("checkbox", name=name).focus()
        page.keyboard.press("Space")
    page.keyboard.press("Enter")
    forms.nth(2).get_by_role("textbox").fill("59,1 %")
    page.keyboard.press("Enter")
    for place, item in enumerate(("memorise", "circuit", "cleanup"), start=1):
        forms.nth(3).get_by_label(item).select_option(str(place))
    forms.nth(3).get_by_role("button", name="Check").press("Enter")


def test_quiz_checks_explains_scores_and_remembers(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "mirage.yml"
    path.write_text(GOOD, encoding="utf-8")
    page = opened(browser, tmp_path, quizzes.read(path))
    verdicts = page.locator(".em-verdict")
    page.get_by_role("button", name="Check").first.click()
    assert verdicts.nth(0).inner_text() == "Choose an answer first."
    answer_quiz(page)
    assert re.match(r"Not yet\.\s+That is one digit\.", verdicts.nth(0).inner_text())
    assert verdicts.nth(2).inner_text().startswith("Right.")
    assert "So it goes." in verdicts.nth(3).inner_text()
    assert page.locator(".em-score span").inner_text() == "3 of 4 right"
    page.reload()
    assert page.locator(".em-score span").inner_text() == "3 of 4 right"
    assert page.locator(".em-question").nth(2).get_by_role("textbox").input_value() == "59,1 %"
    page.get_by_role("button", name="Try again").first.click()
    assert verdicts.nth(0).inner_text() == ""
    assert page.locator(".em-score span").inner_text() == "3 of 4 right, 1 to go"
    page.get_by_role("button", name="Start again").click()
    page.reload()
    assert page.locator(".em-score span").inner_text() == "4 questions"
    page.close()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("59", "Right."),
        ("0.59", "Not yet.\nToo small."),
        ("90%", "Not yet.\nOne digit."),
        ("1,000", "Not yet.\nToo large."),
        ("0,591", "Not yet.\nToo small."),  # a comma after a nought sets no thousands apart
        ("-,5", "Not yet.\nToo small."),
        ("about half", '"about half" is no number; write 3 or 0.5.'),
        (" 3x ", '"3x" is no number; write 3 or 0.5.'),
        (" ", "Give a number first."),
    ],
)
def test_numbers_are_read_as_people_write_them(
    browser: Browser, tmp_path: Path, given: str, said: str
) -> None:
    path = tmp_path / "mirage.yml"
    path.write_text(GOOD, encoding="utf-8")
    page = opened(browser, tmp_path, quizzes.read(path))
    page.get_by_role("textbox").fill(given)
    page.keyboard.press("Enter")
    shown = re.sub(r"\s*\n\s*", "\n", page.locator(".em-verdict").nth(2).inner_text())
    assert shown.startswith(said)
    page.close()


def test_prediction_opens_when_made_and_is_remembered(browser: Browser, tmp_path: Path) -> None:
    then = show(curve(), name="curve", alt="Two curves rise.", caption="They rise together.")
    guess = predict("How often?", name="often", low=0, high=1, answer=0.76, then=then)
    page = opened(browser, tmp_path, guess)
    commit = page.get_by_role("button", name="Commit and look")
    commit.click()
    assert page.locator("#fig-curve").is_hidden()
    page.get_by_role("slider", name="Your guess").focus()
    page.keyboard.press("End")
    commit.click()
    assert page.locator("#fig-curve").is_visible()
    assert "You said 1." in page.locator(".em-told").inner_text()
    page.reload()
    assert page.locator("#fig-curve").is_visible()
    assert "You said 1." in page.locator(".em-told").inner_text()
    page.close()


def test_output_injected_later_works(browser: Browser, tmp_path: Path) -> None:
    """JupyterLab inserts the output of a cell into a page that is already there."""
    page = opened(browser, tmp_path, '<div id="cell"></div>')
    late = second()
    page.evaluate(
        """([html, script]) => {
          document.getElementById('cell').innerHTML = html;
          const element = document.createElement('script');
          element.textContent = script;
          document.body.append(element);
        }""",
        [late.html, asset("explorable.js")],
    )
    page.locator("#fig-second").get_by_text("error", exact=True).click()
    assert page.locator("#fig-second .em-readout").inner_text() == late.readouts["error",]
    page.close()


@pytest.mark.parametrize(("width", "dark"), [(1100, False), (1100, True), (390, False)])
def test_accessible_and_no_wider_than_the_page(
    browser: Browser, tmp_path: Path, shown: Explorable, width: int, dark: bool
) -> None:
    path = tmp_path / "mirage.yml"
    path.write_text(GOOD, encoding="utf-8")
    panels = show(
        [curve(), curve()], name="panels", alt="Curves.", caption="They rise together. $p^n$"
    )
    guess = predict("How often?", name="often", low=0, high=100, answer=76, unit="%", then=panels)
    page = opened(
        browser,
        tmp_path,
        *(shown, second(), guess, quizzes.read(path)),
        viewport={"width": width, "height": 800},
    )
    page.evaluate("dark => document.documentElement.dataset.theme = dark ? 'dark' : 'light'", dark)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    answer_quiz(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
    targets = page.evaluate(
        """[...document.querySelectorAll('.em-controls input, .em-controls button, button[type]')]
          .filter(each => each.checkVisibility())
          .map(each => (each.closest('label') ?? each).getBoundingClientRect().height)"""
    )
    assert min(targets) >= 44
    page.close()


def test_a_figure_can_be_taken_along(browser: Browser, tmp_path: Path) -> None:
    shown = show(
        curve(), name="curve", alt="Two curves.", caption='They rise, "both" & all, in step.'
    )
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = opened(browser, tmp_path, shown, context=context)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    figure = page.locator("#fig-curve")
    figure.locator("summary", has_text="Take").click()

    def taken(button: str) -> Path:
        with page.expect_download() as waiting:
            figure.get_by_role("button", name=button, exact=True).click()
        path = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(path)
        return path

    drawing = ElementTree.fromstring(taken("SVG").read_text("utf-8"))
    said = {"".join(each.itertext()) for each in drawing.iter("{http://www.w3.org/2000/svg}text")}
    assert {"accuracy", "parameters", "both rise", "10⁷"} <= said
    assert 'They rise, "both" & all, in step.' in " ".join(said)
    assert "var(" not in ElementTree.tostring(drawing, "unicode")
    assert theme.ORANGE in ElementTree.tostring(drawing, "unicode")  # light, though the page is not
    # In whatever font a file is shown, its words take the room that they take on the page.
    lengths = [
        float(each.get("textLength", 0)) for each in drawing.iter() if each.text == "accuracy"
    ]
    wanted = figure.locator("text", has_text="accuracy").evaluate("e => e.getComputedTextLength()")
    assert lengths == [pytest.approx(wanted, abs=0.1)]
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"

    head = taken("PNG").read_bytes()[:24]
    assert head.startswith(b"\x89PNG")
    width, height = int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
    assert width > 700
    assert height > 400

    (table,) = tables([curve()])
    read = pd.read_csv(taken("CSV"))
    assert list(read.columns) == list(table.columns)
    np.testing.assert_allclose(read.to_numpy(float), table.to_numpy(float), rtol=1e-3)

    figure.get_by_role("button", name="Embed").click()
    figure.get_by_text("Copied.").wait_for()
    frame = BeautifulSoup(page.evaluate("navigator.clipboard.readText()"), "html.parser").iframe
    assert frame
    assert frame["title"] == 'They rise, "both" & all, in step.'
    alone = context.new_page()
    alone.goto(str(frame["src"]))
    assert alone.locator("#fig-curve").is_visible()
    assert not alone.locator("h1").is_visible()
    context.close()


def test_numbers_taken_along_say_their_settings(
    browser: Browser, tmp_path: Path, shown: Explorable
) -> None:
    page = opened(browser, tmp_path, shown)
    figure = page.locator("#fig-power")
    figure.get_by_role("slider").fill("0")  # the table stays at the start
    figure.locator("summary", has_text="Take").click()
    with page.expect_download() as waiting:
        figure.get_by_role("button", name="CSV", exact=True).click()
    path = tmp_path / "power.csv"
    waiting.value.save_as(path)
    read = pd.read_csv(path)
    at = read.pop("at the start settings")
    assert set(at) == {"answer length 5 digits, show the error rate off"}
    (table,) = tables(shown.figures)
    assert len(read) == len(table)
    assert list(read.columns) == list(table.columns)
    page.close()


def test_marks_of_a_slider_stand_where_its_thumb_stops(
    browser: Browser, tmp_path: Path, shown: Explorable
) -> None:
    page = opened(browser, tmp_path, shown)
    slider = page.locator("#fig-power input[type=range]")
    last = int(slider.get_attribute("max") or 0)

    def row(at: int, below: int) -> Any:
        """Return how dark the pixels are, so far below the middle of the track."""
        slider.fill(str(at))
        box = slider.bounding_box()
        assert box
        middle = box["y"] + box["height"] / 2 + below
        shot = page.screenshot(
            clip={"x": box["x"] - 6, "y": middle, "width": box["width"] + 12, "height": 1}
        )
        return 255 - np.asarray(Image.open(BytesIO(shot)).convert("L"), dtype=float)[0]

    # So far below the track reaches the ring of the thumb in focus, but not the marks.
    rings = [np.flatnonzero(row(at, 8) > 20) for at in range(last + 1)]
    centres = [(ring[0] + ring[-1]) / 2 for ring in rings]
    marks = row(0, 5) > 60
    starts = np.flatnonzero(np.diff(marks.astype(int)) == 1) + 1
    assert starts[-last:] + 0.5 == pytest.approx(centres[1:], abs=1.1)
    page.close()


def test_a_figure_without_numbers_offers_no_table(browser: Browser, tmp_path: Path) -> None:
    bare = curve()
    for line in bare.axes[0].lines:
        line.set_label("_unnamed")
    shown = show(bare, name="bare", alt="A line.", caption="It has no numbers.")
    page = opened(browser, tmp_path, shown)
    page.locator("summary", has_text="Take").click()
    assert page.get_by_role("button", name="PNG").is_visible()
    assert not page.get_by_role("button", name="CSV").is_visible()
    page.close()


def test_one_fold_of_the_quiet_line_is_open_at_a_time(browser: Browser, tmp_path: Path) -> None:
    shown = show(
        curve(), name="curve", alt="Two curves.", caption="They rise together.", source="Seed 0."
    )
    page = opened(browser, tmp_path, shown)
    words = ["Numbers", "Code", "Source", "Take"]
    assert page.locator(".em-fine summary").all_inner_texts() == words
    tops = [page.locator("summary", has_text=word).bounding_box() for word in words]
    assert len({box["y"] for box in tops if box}) == 1
    for word in words:
        page.locator("summary", has_text=word).click()
        assert page.locator(".em-fine details[open] > summary").all_inner_texts() == [word]
        after = [page.locator("summary", has_text=each).bounding_box() for each in words]
        assert after == tops
    page.close()


def test_paper_shows_figures_without_what_is_behind_them(browser: Browser, tmp_path: Path) -> None:
    shown = show(
        curve(), name="curve", alt="Two curves.", caption="They rise together.", source="Seed 0."
    )
    page = opened(browser, tmp_path, shown)
    page.locator("summary", has_text="Take").click()
    page.emulate_media(media="print")
    assert page.locator(".em-picture").is_visible()
    assert not page.get_by_role("button", name="SVG").is_visible()
    assert not page.locator(".em-fine").is_visible()
    page.close()
