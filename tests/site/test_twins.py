"""Twins on their pages: they run when asked, by keyboard, from a server and from a folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.site.conftest import Open, figures
from tests.site.test_controls import position, step, uncovered


def twins() -> list[tuple[str, str]]:
    """Return (page, name) of every twin of the book."""
    return figures(".em-twin")


def paths(page: Page, name: str) -> list[str]:
    """Return what the marks of a twin show."""
    found: list[str] = page.locator(f"#fig-{name} [data-em-mark]").evaluate_all(
        "all => all.map(path => path.getAttribute('d'))"
    )
    return found


@pytest.mark.parametrize(("page_name", "name"), twins())
def test_a_twin_runs_when_asked_and_takes_its_controls(
    watched: Open, page_name: str, name: str
) -> None:
    page = uncovered(watched().open(page_name))
    assert page.evaluate("Object.keys(window.emTwins ?? {})") == []  # nothing is fetched unasked
    figure = page.locator(f"#fig-{name}")
    still = paths(page, name)
    figure.locator(".em-run .em-play").focus()
    page.keyboard.press("Enter")
    expect(figure.locator(".em-readout span")).to_contain_text("Run 1", timeout=15_000)
    page.wait_for_timeout(1500)
    assert paths(page, name) != still
    page.keyboard.press("Enter")
    expect(figure.locator(".em-run .em-play")).to_have_attribute("aria-pressed", "false")
    for group in figure.locator("[data-em-key]").evaluate_all(
        "all => [...new Set(all.map(each => each.dataset.emKey))]"
    ):
        inputs = figure.locator(f'[data-em-key="{group}"]')
        before = position(inputs), figure.locator(".em-readout span").text_content()
        step(page, inputs)
        if position(inputs) == before[0]:  # it stood at its last value
            page.keyboard.press("ArrowLeft")
        assert position(inputs) != before[0]
    figure.locator(".em-again").focus()
    page.keyboard.press("Enter")
    expect(figure.locator(".em-readout span")).to_contain_text("Run ")
    expect(figure.locator(".em-readout span")).not_to_contain_text("did not load")


@pytest.mark.parametrize(("page_name", "name"), twins())
def test_a_twin_runs_from_a_folder(browser: Browser, site: Path, page_name: str, name: str) -> None:
    page = browser.new_page()
    page.goto((site / page_name).as_uri())
    uncovered(page)
    page.locator(f"#fig-{name} .em-again").press("Enter")
    expect(page.locator(f"#fig-{name} .em-readout span")).to_contain_text("Run 1", timeout=15_000)
    page.close()


def test_there_are_the_four_processes_of_the_book(site: Path) -> None:
    del site
    assert len(twins()) >= 5


@pytest.mark.parametrize(("page_name", "name"), twins())
def test_a_docked_twin_shows_its_buttons_and_its_picture(
    browser: Browser, address: str, page_name: str, name: str
) -> None:
    """On a phone, a word in the prose brings the figure, and it can be run there."""
    page = browser.new_page(viewport={"width": 390, "height": 844}, has_touch=True)
    page.goto(address + page_name)
    uncovered(page)
    words = page.locator(f'a.em-set[data-em-figure="{name}"]')
    if not words.count():
        pytest.skip("no word in the prose sets this twin")
    words.last.press("Enter")
    dock = page.locator(f"#fig-{name}.em-docked")
    expect(dock).to_be_visible()
    edge = dock.bounding_box()
    assert edge
    for part in (".em-run .em-play", ".em-readout", ".em-picture"):
        box = dock.locator(part).first.bounding_box()
        assert box
        assert box["y"] >= edge["y"] - 1
        assert box["y"] + box["height"] <= edge["y"] + edge["height"] + 1, part
    page.close()
