"""A matrix whose rows open: by key, by column, without a script, on a phone and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Page

from emergence_lib import theme
from emergence_lib.reader import matrix
from emergence_lib.reader.output import asset
from tests.browsers import GROUND, chromium

COLUMNS = {"size": "Scores by size", "seeds": "Seeds"}


def html() -> str:
    says = [{"size": "for", "seeds": ""}, {"size": "both", "seeds": "against"}]
    rows = "".join(
        matrix.row(f"P{n}", f"Row {n} <b>", "reported", cells, COLUMNS)
        + "".join(f'<p class="{matrix.piece(c)}">On {c}.</p>' for c in COLUMNS if cells[c])
        + matrix.ROW_END
        for n, cells in enumerate(says, 1)
    )
    return matrix.head("rows", "Two rows", "row", COLUMNS) + rows + matrix.END


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def opened(browser: Browser, folder: Path, anchor: str = "", **context: Any) -> Page:
    styles = theme.css_variables() + GROUND + asset("matrix.css")
    path = folder / "page.html"
    path.write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Test</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{styles}</style><main><h1>Test</h1>{html()}"
        "<a style='color:inherit' href='#P2'>to row 2</a></main>"
        f"<script>{asset('matrix.js')}</script></html>",
        "utf-8",
    )
    page = browser.new_page(**({"viewport": {"width": 390, "height": 844}} | context))
    page.goto(path.as_uri() + anchor)
    return page


def open_rows(page: Page) -> list[str]:
    return page.locator(".em-row[open]").evaluate_all("rows => rows.map(row => row.id)")


def test_a_row_reads_its_marks_out_and_its_words_stay_words() -> None:
    soup = BeautifulSoup(html(), "html.parser")
    one, two = (each.get_text(" ", strip=True) for each in soup.select("summary"))
    assert one == "P1 Row 1 <b> reported Scores by size: for."
    assert two == "P2 Row 2 <b> reported Scores by size: for and against. Seeds: against."
    assert not soup.select("button")


@pytest.mark.parametrize(
    ("cells", "complaint"),
    [
        ({"size": "for"}, "cells of P1"),
        ({"size": "maybe", "seeds": ""}, "want one of for, against"),
    ],
)
def test_a_row_that_does_not_fill_its_columns_is_refused(
    cells: dict[str, str], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        matrix.row("P1", "Row", "reported", cells, COLUMNS)
    with pytest.raises(ValueError, match="columns is empty"):
        matrix.head("rows", "Two rows", "row", {})


def test_without_a_script_a_row_opens_by_key_and_no_column_pretends_to(
    browser: Browser, tmp_path: Path
) -> None:
    page = opened(browser, tmp_path, java_script_enabled=False)
    assert page.get_by_role("button").count() == 0
    page.locator("#P2 summary").focus()
    page.keyboard.press("Enter")
    assert page.get_by_text("On seeds.").is_visible()
    page.close()


def test_a_column_opens_the_rows_that_speak_to_it_and_closes_them_again(
    browser: Browser, tmp_path: Path
) -> None:
    page = opened(browser, tmp_path)
    seeds = page.get_by_role("button", name="Seeds")
    seeds.press("Enter")
    assert open_rows(page) == ["P2"]
    assert page.locator(".em-lit").all_inner_texts() == ["On seeds."]
    assert page.get_by_role("status").inner_text().startswith("Seeds: it speaks to 1 of 2 rows")
    page.get_by_role("button", name="Scores by size").press("Space")
    assert open_rows(page) == ["P1", "P2"]
    assert page.locator(".em-lit").all_inner_texts() == ["On size.", "On size."]
    assert seeds.get_attribute("aria-pressed") == "false"
    page.get_by_role("button", name="Scores by size").press("Enter")
    assert open_rows(page) == []
    assert page.locator(".em-lit").count() == 0
    page.close()


def test_a_column_leaves_alone_what_was_opened_or_closed_by_hand(
    browser: Browser, tmp_path: Path
) -> None:
    page = opened(browser, tmp_path)
    one, two = (page.locator(f"#P{n} summary") for n in (1, 2))
    sizes, seeds = (page.get_by_role("button", name=name) for name in COLUMNS.values())
    one.press("Enter")
    seeds.click()
    assert open_rows(page) == ["P1", "P2"]  # P1 says nothing of seeds, and was opened by hand
    sizes.click()
    sizes.click()
    assert open_rows(page) == ["P1"]
    seeds.click()
    said = page.get_by_role("status").inner_text()
    two.click()
    assert open_rows(page) == ["P1"]
    assert page.get_by_role("status").inner_text() == said
    two.click()
    seeds.click()
    assert open_rows(page) == ["P1", "P2"]  # opened again by hand
    page.close()


def test_the_cells_of_a_pressed_column_stand_out_by_more_than_colour(
    browser: Browser, tmp_path: Path
) -> None:
    page = opened(browser, tmp_path, forced_colors="active")
    cells = page.locator(".em-cell")
    rules = "all => all.map(cell => getComputedStyle(cell).borderLeftWidth)"
    assert cells.evaluate_all(rules) == ["0px"] * 4
    page.get_by_role("button", name="Seeds").click()
    assert cells.evaluate_all(rules) == ["0px", "2px"] * 2
    page.get_by_role("button", name="Seeds").click()
    assert cells.evaluate_all(rules) == ["0px"] * 4
    page.close()


def test_a_link_to_a_row_opens_it(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, tmp_path)
    page.get_by_text("to row 2").click()
    page.locator("#P2[open]").wait_for()
    page.locator("#P2 summary").click()
    page.get_by_text("to row 2").click()
    page.locator("#P2[open]").wait_for()
    page.close()
    page = opened(browser, tmp_path, "#P1")
    assert open_rows(page) == ["P1"]
    page.close()


def test_a_saved_page_works_again(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, tmp_path)
    page.get_by_role("button", name="Seeds").click()
    saved = tmp_path / "saved.html"
    saved.write_text(page.content(), "utf-8")
    page.close()
    page = browser.new_page()
    page.goto(saved.as_uri())
    assert page.locator(".em-heads button").all_inner_texts() == list(COLUMNS.values())
    page.get_by_role("button", name="Scores by size").click()
    assert open_rows(page) == ["P1", "P2"]
    page.close()


@pytest.mark.parametrize("dark", [False, True])
def test_it_is_accessible_and_no_wider_than_a_phone(
    browser: Browser, tmp_path: Path, dark: bool
) -> None:
    page = opened(browser, tmp_path)
    if dark:
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.get_by_role("button", name="Seeds").click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert min(page.locator("summary").evaluate_all("all => all.map(e => e.offsetHeight)")) >= 44
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["target"]) for each in found] == []
    page.close()


def test_marks_differ_by_more_than_colour(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, tmp_path, forced_colors="active")
    marks = page.locator(".em-marks .em-says")
    seen = {marks.nth(at).screenshot() for at in range(marks.count())}
    assert len(seen) == 3
    page.close()
