"""A long table: what it says without a script, and what the keyboard does with one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Page, expect

from emergence_lib import theme
from emergence_lib.reader import browse
from emergence_lib.reader.browse import EDGE, HEIGHT, MANY, WIDTH, Points, spark
from emergence_lib.reader.output import asset
from tests.browsers import GROUND, chromium

TABLE = pd.DataFrame(
    {
        "what": ["Pears\nripe <b>", "apples", "Quinces", "figs"],
        "shape": ["1% to 2%", "none", "none", "none"],
        "kin": ["rose\nfour sizes", "rose", "rose", "mulberry"],
        "size": ["9", "10", "not known", "1"],
    }
)
CURVES: list[Points | None] = [
    (np.array([1.0, 10.0, 1000.0]), np.array([0.0, 0.5, 1.0]), 0.25),
    *[None] * 3,
]
WORDS: dict[str, Any] = {
    "name": "fruit",
    "alt": "Four fruits and how big they are.",
    "caption": "Fruits differ in size. Made up.",
    "source": "Here.",
    "choose": "kin",
    "order": {"size": [9.0, 10.0, np.nan, 1.0]},
    "curves": ("shape", CURVES),
}


def html(**changed: Any) -> str:
    return browse(TABLE, **{**WORDS, **changed}).html


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    styles = theme.css_variables() + GROUND + asset("figure.css") + asset("browse.css")
    page.set_content(f"<style>{styles}</style><main>{html()}</main>")
    page.add_script_tag(content=asset("browse.js"))
    yield page
    page.close()


def rows(page: Page) -> list[str]:
    """Return the first words of the rows in sight, top to bottom."""
    heads = page.locator("tbody tr:not([hidden]) th")
    return [each.split()[0] for each in heads.all_text_contents()]


def test_without_a_script_the_whole_table_stands_there_and_nothing_pretends_to_work() -> None:
    soup = BeautifulSoup(html(), "html.parser")
    assert [each.get_text() for each in soup.select("thead th")] == list(TABLE)
    assert [len(row.select("th[scope=row], td")) for row in soup.select("tbody tr")] == [4] * 4
    assert soup.select_one("form[hidden]") is not None
    assert not soup.select("table button")
    assert soup.select_one('.em-table[tabindex="0"][aria-label="Fruits differ in size"]')


def test_small_print_and_markup_stay_words() -> None:
    soup = BeautifulSoup(html(), "html.parser")
    assert [each.get_text() for each in soup.select("small")] == ["ripe <b>", "four sizes"]
    assert not soup.select("tbody b")
    assert [each.get_text() for each in soup.select("option")] == ["all", "rose", "mulberry"]
    assert [each["data-em-by"] for each in soup.select("td[data-em-by]")] == ["9", "10", "", "1"]


def test_a_small_curve_has_its_points_where_their_logarithms_and_shares_say() -> None:
    assert CURVES[0] is not None
    paths = [each["d"] for each in BeautifulSoup(spark(CURVES[0]), "html.parser").select("path")]
    line = [[float(each) for each in pair.split()] for pair in str(paths[1])[1:].split("L")]
    inside, height = WIDTH - 2 * EDGE, HEIGHT - 2 * EDGE
    # The middle point: a third of the way in decades, half of the way up.
    expected: list[list[float]] = [
        [EDGE, HEIGHT - EDGE],
        [EDGE + inside / 3, HEIGHT / 2],
        [WIDTH - EDGE, EDGE],
    ]
    assert np.allclose(np.array(line), np.array(expected), atol=0.5)
    assert str(paths[0]).startswith(f"M0 {HEIGHT - EDGE - height / 4:.1f}")


def test_a_cloud_is_not_joined_and_an_unknown_guess_not_drawn() -> None:
    many = np.arange(1.0, MANY + 2)
    soup = BeautifulSoup(spark((many, many / 100, np.nan)), "html.parser")
    (dots,) = soup.select("path")
    assert str(dots["d"]).count("M") == len(many)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"choose": "kith"}, "choose: found column 'kith', want one of what, shape, kin, size"),
        ({"order": {"size": [1.0]}}, "order: found 1 values for 'size', want 4"),
        ({"curves": ("form", CURVES)}, "curves: found column 'form'"),
        ({"largest_first": ["weight"]}, "largest_first: found column 'weight'"),
        ({"caption": "Fruits"}, "which is no sentence"),
    ],
)
def test_what_makes_no_table_is_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        html(**changed)


def test_the_keyboard_sorts_by_number_by_words_and_back(page: Page) -> None:
    size = page.get_by_role("button", name="size")
    size.press("Enter")
    assert rows(page) == ["figs", "Pears", "apples", "Quinces"]
    expect(page.get_by_role("columnheader", name="size")).to_have_attribute(
        "aria-sort", "ascending"
    )
    size.press("Space")
    # What has no number is last again.
    assert rows(page) == ["apples", "Pears", "figs", "Quinces"]
    page.get_by_role("button", name="what").press("Enter")
    assert rows(page) == ["apples", "figs", "Pears", "Quinces"]
    expect(page.locator("[aria-sort]")).to_have_count(1)


def test_a_column_can_begin_with_its_largest(page: Page) -> None:
    page.set_content(f"<main>{html(largest_first=['size'])}</main>")
    page.add_script_tag(content=asset("browse.js"))
    size = page.get_by_role("button", name="size")
    size.click()
    assert rows(page) == ["apples", "Pears", "figs", "Quinces"]
    size.click()
    assert rows(page) == ["figs", "Pears", "apples", "Quinces"]
    page.get_by_role("button", name="what").click()
    assert rows(page) == ["apples", "figs", "Pears", "Quinces"]


def test_on_a_phone_a_word_of_the_page_fits_into_the_search_field(page: Page) -> None:
    field = page.get_by_label("search")
    field.fill("coreference resolution")
    assert field.evaluate("each => each.scrollWidth <= each.clientWidth")
    menu = page.get_by_label("kin").bounding_box()
    assert menu
    assert menu["width"] > 250
    expect(page.get_by_text("swipe for more columns")).to_be_visible()


def test_the_menu_leaves_out_what_is_not_named() -> None:
    bare = TABLE.assign(kin=["rose\nfour sizes", "\nnone named", "rose", "mulberry"])
    soup = BeautifulSoup(browse(bare, **WORDS).html, "html.parser")
    assert [each.get_text() for each in soup.select("option")] == ["all", "rose", "mulberry"]


def test_search_and_menu_narrow_together_and_say_how_many_are_left(page: Page) -> None:
    status = page.get_by_role("status")
    page.get_by_label("search").fill("S ROSE")
    assert rows(page) == ["Pears", "apples", "Quinces"]
    page.get_by_label("kin").select_option("mulberry")
    assert rows(page) == []
    expect(status).to_have_text("0 of 4 rows")
    page.get_by_label("search").fill("")
    assert rows(page) == ["figs"]
    expect(status).to_have_text("1 of 4 rows")
    page.get_by_label("search").press("Enter")
    assert rows(page) == ["figs"]


def test_on_a_phone_the_page_does_not_scroll_sideways_and_the_box_does_by_key(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = page.locator(".em-table")
    box.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.em-table').scrollLeft > 0")


def test_print_shows_every_row(page: Page) -> None:
    page.emulate_media(media="print")
    expect(page.get_by_label("search")).to_be_hidden()
    assert page.evaluate(
        "(() => { const box = document.querySelector('.em-table');"
        " return box.scrollHeight <= box.clientHeight + 1; })()"
    )


def test_its_place_is_kept_until_the_script_runs_and_needs_none_without(page: Page) -> None:
    place = page.locator(".em-find").bounding_box()
    page.evaluate("document.querySelector('.em-find').hidden = true")
    assert page.locator(".em-find").bounding_box() == place
    expect(page.get_by_label("search")).to_be_hidden()


def test_a_saved_page_wakes_up_with_heads_that_sort(browser: Browser, page: Page) -> None:
    opened = browser.new_page()
    opened.set_content(page.content())
    opened.add_script_tag(content=asset("browse.js"))
    opened.get_by_role("button", name="size").click()
    assert rows(opened) == ["figs", "Pears", "apples", "Quinces"]
    expect(opened.locator("thead button button")).to_have_count(0)
    opened.close()
