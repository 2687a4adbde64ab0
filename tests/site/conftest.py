"""The built book, served on this machine, and a browser that can reach nothing else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Response,
    Route,
)

from tests.browsers import chromium

ROOT = Path(__file__).parents[2]
SITE = ROOT / "_build" / "gate" / "_build" / "html"
SCREENSHOTS = ROOT / "_build" / "screenshots"


def page_names() -> list[str]:
    """Return every page of the site that a reader meets."""
    pages = (path.relative_to(SITE).as_posix() for path in sorted(SITE.glob("book/**/*.html")))
    return list(pages) or ["no-book-built"]


def chapter_names() -> list[str]:
    """Return the pages in the folders of the parts."""
    return [name for name in page_names() if name.count("/") == 2]


def figures(selector: str) -> list[tuple[str, str]]:
    """Return (page, name) of every figure of the book that a selector finds."""
    if page_names() == ["no-book-built"]:
        return [("no-book-built", "none")]
    return [
        (page, str(figure["data-em-name"]))
        for page in page_names()
        for figure in BeautifulSoup((SITE / page).read_text("utf-8"), "html.parser").select(
            selector
        )
    ]


@pytest.fixture(scope="session")
def site() -> Path:
    """Return the folder of the gate build."""
    if not (SITE / "index.html").is_file():
        pytest.fail("there is no gate build to test; run 'make test', or 'make gate' first")
    return SITE


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without a line for each."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Serve the site and return its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


class Watched:
    """A page with everything that went wrong on it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        self.elsewhere: list[str] = []
        page.on("console", self.hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("requestfailed", lambda request: self.complaints.append(f"failed: {request.url}"))
        page.on("response", self.check)
        page.route("**/*", self.cut)

    def hear(self, message: ConsoleMessage) -> None:
        """Note an error on the console."""
        if message.type == "error":
            self.complaints.append(message.text)

    def check(self, response: Response) -> None:
        """Note a missing file."""
        if response.status >= 400:
            self.complaints.append(f"{response.status}: {response.url}")

    def cut(self, route: Route) -> None:
        """Let nothing through to another host."""
        if route.request.url.startswith((self.address, "data:", "blob:")):
            route.continue_()
        else:
            self.elsewhere.append(route.request.url)
            route.abort()

    def open(self, name: str) -> Page:
        """Load a page of the book."""
        self.page.goto(self.address + name, wait_until="load")
        return self.page


Open = Callable[..., Watched]


def style(page: Page, rules: str) -> None:
    """Add rules to a page, whose policy forbids a style element."""
    page.evaluate(
        """rules => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(rules);
          document.adoptedStyleSheets.push(sheet);
        }""",
        rules,
    )


def paint_all(page: Page) -> None:
    """Lay out and paint what is out of sight, too."""
    style(page, ".em-figure, .em-quiz { content-visibility: visible !important }")


@pytest.fixture
def watched(browser: Browser, address: str) -> Iterator[Open]:
    """Make watched pages; keyword arguments go to Playwright's ``new_context``."""
    contexts: list[BrowserContext] = []

    def make(**options: object) -> Watched:
        contexts.append(browser.new_context(**options))  # type: ignore[arg-type]
        return Watched(contexts[-1].new_page(), address)

    yield make
    for context in contexts:
        context.close()
