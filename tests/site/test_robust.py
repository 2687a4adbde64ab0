"""Pages where something is missing: storage, a server, colours, a screen; and what they forbid."""

from __future__ import annotations

import io
import json
import re
import shutil
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browsers import installed
from tests.firefox import NOTE
from tests.site.conftest import SITE, Open, page_names

CHAPTER = "book/metric-debate/mirage.html"
QUIZ = "em-quiz:mirage"
ALL_PAGES = [*page_names(), "search.html", "genindex.html"]

# ---- Storage ------------------------------------------------------------------------------------

FILL = """() => {
  localStorage.clear();
  let size = 2 ** 22;
  for (let at = 0; size >= 1; ) {
    try { localStorage.setItem(`full-${at++}`, "x".repeat(size)); } catch { size /= 2; }
  }
}"""


@pytest.fixture(scope="module")
def without_storage(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    """Start a browser whose reader has blocked all cookies and other data of sites."""
    profile = tmp_path_factory.mktemp("profile")
    settings = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (profile / "Default").mkdir()
    (profile / "Default" / "Preferences").write_text(json.dumps(settings), "utf-8")
    context = browser.browser_type.launch_persistent_context(
        profile, executable_path=installed(), args=["--no-sandbox"]
    )
    yield context
    context.close()


@pytest.mark.parametrize("trouble", ["blocked", "full"])
def test_search_menu_theme_and_quiz_work_without_storage(
    browser: Browser, without_storage: BrowserContext, address: str, trouble: str
) -> None:
    context = without_storage if trouble == "blocked" else browser.new_context()
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address + CHAPTER)
    if trouble == "full":
        page.evaluate(FILL)
        page.reload()
    else:
        reached = page.evaluate("Object.hasOwn(localStorage, 'getItem')")
        assert reached, "this browser does not block; then the test shows nothing"
    page.locator(".primary-toggle").click()
    expect(page.locator("#pst-primary-sidebar-modal")).to_be_visible()
    page.keyboard.press("Escape")
    before = page.evaluate("document.documentElement.dataset.mode")
    page.locator(".theme-switch-button").first.click()
    assert page.evaluate("document.documentElement.dataset.mode") != before
    page.keyboard.press("Control+k")
    expect(page.locator("#pst-search-dialog")).to_be_visible()
    page.keyboard.press("Escape")
    form = page.locator('.em-question[data-em-type="choice"]').first
    form.locator("input[data-em-right]").check()
    form.get_by_role("button", name="Check").click()
    assert form.get_attribute("data-em-done") == "right"
    page.goto(address + "search.html?q=grokking")
    page.wait_for_selector("#search-results li a")
    assert errors == []
    page.close()


def stored(page: Page) -> dict[str, list[str]]:
    """Return what a page remembers of its quiz."""
    record: dict[str, list[str]] = json.loads(page.evaluate(f"localStorage['{QUIZ}']"))
    return record


def test_two_tabs_keep_each_others_answers_and_show_them(browser: Browser, address: str) -> None:
    context = browser.new_context()
    one, other = context.new_page(), context.new_page()
    for page in (one, other):
        page.goto(address + CHAPTER)
    for page, at in ((one, 0), (other, 1)):
        form = page.locator(".em-question").nth(at)
        form.locator("input").first.check()
        form.get_by_role("button", name="Check").click()
    assert len(stored(one)) == 2
    expect(one.locator(".em-question").nth(1)).to_have_attribute("data-em-done", re.compile("."))
    assert one.locator(".em-score").inner_text() == other.locator(".em-score").inner_text()
    one.get_by_role("button", name="Start again").click()
    expect(other.locator("[data-em-done]")).to_have_count(0)
    context.close()


# ---- Policy -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL_PAGES)
def test_a_page_may_run_its_own_lines_and_nothing_else_inline(site: Path, name: str) -> None:
    text = (site / name).read_text("utf-8")
    head = text[text.index("<head>") :].split(">", 1)[1].lstrip()
    found = re.match(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">', head)
    assert found, "the policy is not the first line of the head"
    rules = dict(each.split(" ", 1) for each in found[1].split("; "))
    page = BeautifulSoup(text, "html.parser")
    for tag in ("script", "style"):
        lines = [
            each.string or ""
            for each in page.find_all(tag)
            if not each.get("src") and each.get("type") in (None, "text/javascript", "module")
        ]
        hashes = {
            f"'sha256-{b64encode(sha256(line.encode()).digest()).decode()}'" for line in lines
        }
        assert set(rules[f"{tag}-src"].split()) == {"'self'", *hashes}
    assert not [
        name for each in page.find_all(True) for name in each.attrs if name.startswith("on")
    ]
    assert "thebe" not in text.lower()
    # Browsers look for the encoding in the first 1024 bytes.
    assert "<meta charset" in text.encode()[:1024].decode()


@pytest.mark.parametrize("name", [*ALL_PAGES, "search.html?q=grokking"])
def test_nothing_a_page_does_as_a_file_is_against_its_policy(
    browser: Browser, site: Path, name: str
) -> None:
    """As a page of a server it is opened, and what it complains of heard, in test_browser."""
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda each: complaints.append(each.text) if each.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.add_init_script(f"({NOTE})()")
    page.goto(f"{site.as_uri()}/{name}")
    if "?" in name:
        page.wait_for_selector("#search-results li a")
    for control in page.locator(".em-controls input").all()[:2]:
        control.focus()
        page.keyboard.press("ArrowRight")
    page.evaluate("new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))")
    assert page.locator(".em-controls[hidden]").count() == 0
    assert page.evaluate("window.complaints") == []
    assert complaints == []
    page.close()


def test_a_script_smuggled_into_a_page_does_not_run(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(address + CHAPTER)
    page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.smuggled = true";
          document.body.append(script);
          document.body.insertAdjacentHTML("beforeend", '<img src="x:" onerror="smuggled = true">');
        }"""
    )
    page.wait_for_timeout(300)
    assert page.evaluate("window.smuggled") is None
    page.close()


def test_a_worker_made_from_text_runs_from_a_file_too(browser: Browser, site: Path) -> None:
    page = browser.new_page()
    page.goto(f"{site.as_uri()}/{CHAPTER}")
    answer = page.evaluate(
        """() => new Promise((done) => {
          const text = new Blob(["postMessage(6 * 7)"], { type: "text/javascript" });
          new Worker(URL.createObjectURL(text)).onmessage = ({ data }) => done(data);
        })"""
    )
    assert answer == 42
    page.close()


def test_the_search_field_finds_pages_from_a_file_too(browser: Browser, site: Path) -> None:
    page = browser.new_page()
    page.goto(f"{site.as_uri()}/{CHAPTER}")
    page.keyboard.press("Control+k")
    page.keyboard.type("grokking")
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-results li a")
    page.close()


# ---- Ways in and back ---------------------------------------------------------------------------

# How far a section begins from where it should; none where the page ends before and it is in sight.
PLACE = """id => {
  const { top } = document.getElementById(id).getBoundingClientRect();
  const left = document.documentElement.scrollHeight - innerHeight - scrollY;
  return left <= 2 && top > 70 && top < innerHeight ? 0 : Math.abs(top - 70);
}"""


@pytest.mark.parametrize("section", ["quiz", "exercises", "further-reading"])
def test_a_link_leads_exactly_to_its_section(browser: Browser, address: str, section: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(f"{address}{CHAPTER}#{section}")
    page.wait_for_timeout(1000)  # figures on the way are laid out
    assert page.evaluate(PLACE, section) < 5
    page.evaluate("scrollTo(0, 0)")
    page.locator(f'nav a[href="#{section}"]').last.evaluate("link => link.click()")
    page.wait_for_timeout(1000)
    assert page.evaluate(PLACE, section) < 5
    page.close()


def test_a_level_and_a_theme_chosen_on_one_page_hold_on_the_one_gone_back_to(
    watched: Open,
) -> None:
    page = watched().open(CHAPTER)
    page.goto(page.url.replace("metric-debate/mirage", "measuring/detecting"))
    page.locator(".em-level select").select_option("expert")
    page.locator(".theme-switch-button").first.click()
    theme = page.evaluate("document.documentElement.dataset.mode")
    page.go_back()
    assert page.locator(".em-level select").input_value() == "expert"
    assert page.evaluate("document.documentElement.dataset.level") == "expert"
    assert page.evaluate("document.documentElement.dataset.mode") == theme
    # Firefox shows the page as it was left; here as it would tell the page so.
    page.evaluate("localStorage['em-level'] = 'intermediate'")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    assert page.locator(".em-level select").input_value() == "intermediate"


def test_a_level_that_there_is_not_counts_as_none(watched: Open) -> None:
    page = watched().open(CHAPTER)
    page.evaluate("localStorage['em-level'] = 'wizard'")
    page.reload()
    assert page.locator(".em-level select").input_value() == "beginner"
    assert page.evaluate("document.documentElement.dataset.level") == "beginner"


@pytest.mark.parametrize("name", [CHAPTER, "book/measuring/workbench.html"])
def test_a_page_saved_while_in_use_works(
    browser: Browser, site: Path, tmp_path: Path, address: str, name: str
) -> None:
    page = browser.new_page()
    page.goto(address + name)
    form = page.locator('.em-question[data-em-type="choice"]').first
    form.locator("input").first.check()
    form.get_by_role("button", name="Check").click()
    saved = tmp_path / "site"
    shutil.copytree(site / "_static", saved / "_static")
    (saved / name).parent.mkdir(parents=True)
    (saved / name).write_text(f"<!DOCTYPE html>{page.content()}", "utf-8")
    page.goto(f"file://{saved / name}")
    form.locator("input[data-em-right]").check()
    form.get_by_role("button", name="Check").click()
    assert form.get_attribute("data-em-done") == "right"
    assert page.locator(".em-score").inner_text().startswith("1 of ")
    if "workbench" in name:
        page.locator("[data-em-example]").first.click()
        expect(page.locator(".em-wb-result").first).to_be_visible()
    page.close()


# ---- Colours and paper --------------------------------------------------------------------------


def test_a_chosen_answer_can_be_seen_in_high_contrast(browser: Browser, address: str) -> None:
    page = browser.new_page(forced_colors="active")
    page.goto(address + CHAPTER)
    for form in page.locator(".em-question, .em-predict form").all():
        for field in form.locator("input[type=radio], input[type=checkbox]").all()[:1]:
            field.scroll_into_view_if_needed()
            before = field.screenshot(animations="disabled")
            field.check()
            page.mouse.move(0, 0)
            field.blur()
            assert field.screenshot(animations="disabled") != before
    page.close()


def test_a_slider_shows_its_track_in_high_contrast(browser: Browser, address: str) -> None:
    """The track, left of the thumb and right of it, differs from the ground above it."""
    page = browser.new_page(forced_colors="active")
    page.goto(address + CHAPTER)
    slider = page.locator('.em-explorable input[type="range"]').first
    slider.scroll_into_view_if_needed()
    slider.evaluate("each => { each.value = Math.ceil(each.max / 2); }")
    with Image.open(io.BytesIO(slider.screenshot())) as picture:
        pixels = picture.convert("RGB")
    colours = [
        len({pixels.getpixel((int(share * pixels.width), y)) for y in range(pixels.height)})
        for share in (0.15, 0.85)
    ]
    assert min(colours) > 1
    page.close()


def printed(page: Page) -> None:
    """Have a page as it goes to the printer."""
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")


@pytest.mark.parametrize(("query", "answers"), [("", True), ("?print=worksheet", False)])
def test_paper_is_light_and_unfolded_and_a_worksheet_keeps_the_answers(
    browser: Browser, address: str, query: str, answers: bool
) -> None:
    page = browser.new_page(color_scheme="dark")
    page.goto(address + CHAPTER + query)
    ink = "getComputedStyle(document.querySelector('.bd-article p')).color"
    folded = page.locator("details:not([open], .em-fine > *)").count()
    dark = page.evaluate(ink)
    printed(page)
    red = int(re.findall(r"\d+", page.evaluate(ink))[0])
    assert red < 60 < int(re.findall(r"\d+", dark)[0])
    assert page.locator("details:not([open], .em-fine > *)").count() == 0
    assert page.locator(".em-answer li").first.is_visible() == answers
    assert page.locator(".solution > :not(summary)").first.is_visible() == answers
    assert page.locator(".em-reveal .em-told").first.is_visible()
    assert page.locator(".em-quiz legend").first.is_visible()
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(ink) == dark
    assert page.locator("details:not([open], .em-fine > *)").count() == folded
    page.close()


def test_the_head_offers_both_ways_to_print(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.add_init_script(
        "window.printed = [];"
        "window.print = () => printed.push(document.documentElement.dataset.print)"
    )
    page.goto(address + CHAPTER)
    page.get_by_text("Run this chapter").click()
    page.get_by_role("button", name="as a worksheet").click()
    page.get_by_role("button", name="with the answers").click()
    assert page.evaluate("printed") == ["worksheet", "key"]
    page.close()


def test_a_worksheet_does_not_show_what_was_answered(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(address + CHAPTER + "?print=worksheet")
    form = page.locator('.em-question[data-em-type="choice"]').first
    printed(page)
    blank = form.screenshot()
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    form.locator("input[data-em-right]").check()
    form.get_by_role("button", name="Check").click()
    page.evaluate("document.activeElement.blur()")
    printed(page)
    assert form.screenshot() == blank
    page.close()


def test_pictures_and_code_keep_their_direction_in_a_page_from_right_to_left(
    browser: Browser, address: str
) -> None:
    page = browser.new_page()
    page.goto(address + CHAPTER)
    page.evaluate("document.documentElement.dir = 'rtl'")
    for selector in (".em-picture", "pre", "math"):
        direction = "each => getComputedStyle(each).direction"
        assert page.locator(selector).first.evaluate(direction) == "ltr"
    assert page.locator("article p").first.evaluate("e => getComputedStyle(e).direction") == "rtl"
    page.close()


def test_an_answer_repeats_its_question_for_the_reading_view() -> None:
    page = BeautifulSoup((SITE / CHAPTER).read_text("utf-8"), "html.parser")
    for form in page.select(".em-question"):
        (legend, asked) = (form.select_one(each) for each in ("legend", ".em-answer .em-asked"))
        assert legend
        assert asked
        assert legend.get_text().startswith(asked.get_text())


def test_a_chapter_says_how_to_cite_it(watched: Open) -> None:
    page = watched().open(CHAPTER)
    page.get_by_text("Cite this page").click()
    fold = page.locator(".em-cite")
    assert "“The mirage”. Chapter 13 of Emergence: an executable handbook." in fold.inner_text()
    assert "title = {The mirage}" in fold.locator("pre").inner_text()
