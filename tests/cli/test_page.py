"""The page of reports: what a browser, a reader without one, and a hostile name make of it."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from playwright.sync_api import Browser

from emergence_lib import audit
from emergence_lib.audit import Report, summary, words
from emergence_lib.audit.phrases import shown
from emergence_lib.cli.page import page
from tests.audit.curves import logistic
from tests.browsers import chromium
from tests.hostile import HOSTILE

CURVES = [
    logistic(0.4),
    logistic(3.0, chance=0.25),
    logistic(1.5, models=4, decades=6),
    replace(logistic(1.0, items=50, chance=0.25), chance=None),
    logistic(1.0, models=3),
]
MARKS = [*HOSTILE.values(), "</h2><script>x</script>", '"><img src="http://a.b/c">', "&lt;", "$a$"]


@pytest.fixture(scope="module")
def reports() -> list[Report]:
    named = [
        replace(curve, name=f"{'long_' * 20}{number}", unit="parameters")
        for number, curve in enumerate(CURVES)
    ]
    return summary.ordered(audit.audit_many(named, thorough=False))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


class Nested(HTMLParser):
    """Fails where an element is closed that is not the innermost open one."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names))
        self.seen[tag] += 1
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost element."""
        assert self.open.pop() == tag


def nested(text: str) -> Counter[str]:
    """Return how often a page has each element; fail where it is not well nested."""
    parser = Nested()
    parser.feed(text)
    parser.close()
    assert parser.open == []
    return parser.seen


def test_the_table_comes_first_and_leads_to_each_report(reports: list[Report]) -> None:
    soup = BeautifulSoup("".join(page(reports)), "html.parser")
    identities = [each["id"] for each in soup.select("[id]")]
    assert len(identities) == len(set(identities))
    assert all(each["href"][1:] in identities for each in soup.select("[href]"))
    links = soup.select("tbody th a")
    for link, report in zip(links, reports, strict=True):
        section = soup.select_one(f"section{link['href']}")
        assert section is not None
        assert section.h2 is not None
        assert link.get_text() == section.h2.get_text() == report.curve.name
        assert [each.get_text() for each in section.select("li")] == words.reasons(report)
        assert len(section.select("svg")) == 1
    order = [each.name for each in soup.select("table, section")]
    assert order == ["table"] + ["section"] * len(reports)
    assert summary.headline(reports) in soup.get_text()


def test_a_page_is_well_nested_and_a_page_of_nothing_is_one_too(reports: list[Report]) -> None:
    assert nested("".join(page(reports)))["section"] == len(reports)
    assert nested("".join(page([])))["section"] == 0


def test_a_name_adds_no_element_and_steers_nothing(reports: list[Report]) -> None:
    def named(mark: str) -> list[Report]:
        curves = [replace(each.curve, unit=f"u{mark}", name=f"a{mark}b") for each in reports]
        notes = [replace(each, notes=(f"Split by{mark}.",)) for each in curves]
        return [replace(each, curve=curve) for each, curve in zip(reports, notes, strict=True)][:1]

    plain = nested("".join(page(named("x"))))
    for mark in MARKS:
        text = "".join(page(named(mark)))
        assert nested(text) == plain
        assert all(map(str.isprintable, text.split("\n")))
        heading = BeautifulSoup(text, "html.parser").h2
        assert heading is not None
        assert heading.get_text() == shown(f"a{mark}b")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_asks_for_nothing_and_fits_a_phone(
    browser: Browser, tmp_path: Path, reports: list[Report], scheme: str
) -> None:
    path = tmp_path / "page.html"
    path.write_text("".join(page(reports)), "utf-8")
    shot = browser.new_page(viewport={"width": 390, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    complaints: list[str] = []
    shot.on("console", lambda message: complaints.append(message.text))
    shot.on("request", lambda request: complaints.append(request.url))
    shot.goto(path.as_uri())
    assert complaints == [path.as_uri()]
    for width in (390, 1280):
        shot.set_viewport_size({"width": width, "height": 800})
        assert shot.evaluate("document.documentElement.scrollWidth") == width
    dark = shot.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    assert dark == (scheme == "dark")
    shot.close()
    # What looks for barriers is a script, which the page itself allows none.
    checked = browser.new_page(color_scheme=scheme, bypass_csp=True)  # type: ignore[arg-type]
    checked.goto(path.as_uri())
    found = Axe().run(checked).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    checked.close()


def test_only_a_page_and_a_figure_load_what_draws() -> None:
    look = "import sys, emergence_lib.cli; print({'matplotlib'} & {*sys.modules})"
    found = subprocess.run([sys.executable, "-c", look], capture_output=True, check=True, text=True)
    assert found.stdout == "set()\n"
