"""What stands around the text: deep links, the menu, search, copying, on a phone and without."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.site.conftest import Open, page_names, paint_all, style

CHAPTER = "book/metric-debate/mirage.html"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
SHIFT = """() => new Promise((done) => {
  let sum = 0;
  const what = [];
  new PerformanceObserver((list) => {
    for (const { hadRecentInput, value, sources } of list.getEntries()) {
      if (hadRecentInput) continue;
      sum += value;
      const moved = sources.map(({ node }) => node?.outerHTML?.slice(0, 80) ?? node?.data);
      what.push(`${value.toFixed(4)}: ${moved.join(", ")}`);
    }
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done([sum, what]), 500);
})"""


def top(page: Page, anchor: str) -> float:
    """Return how far below the window's edge an element begins, once nothing moves."""
    at = "id => document.getElementById(id).getBoundingClientRect().top"
    page.wait_for_timeout(500)
    return float(page.evaluate(at, anchor))


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
@pytest.mark.parametrize("anchor", ["exercises", "quiz", "further-reading"])
def test_a_deep_link_hits(watched: Open, size: dict[str, int], anchor: str) -> None:
    page = watched(viewport=size).open(f"{CHAPTER}#{anchor}")
    # What the page still has below its last section may be less than a screen.
    left = page.evaluate("document.documentElement.scrollHeight - innerHeight - scrollY")
    assert 0 <= top(page, anchor) <= max(100, 0 if left > 2 else size["height"])


def test_a_link_to_a_claim_opens_its_fold_and_hits(watched: Open) -> None:
    page = watched(viewport=PHONE).open("book/claims.html")
    assert page.locator("details[open]").count() == 0
    name = page.locator("[id^=claim-]").nth(100).get_attribute("id") or ""
    page = watched(viewport=PHONE).open(f"book/claims.html#{name}")
    expect(page.locator(f"#{name}")).to_be_visible()
    assert 0 <= top(page, name) <= 300  # the sentence that prints it stands above


@pytest.mark.parametrize("name", page_names())
def test_text_twice_as_large_does_not_scroll_sideways(watched: Open, name: str) -> None:
    page = watched(viewport=PHONE).open(name)
    style(page, ":root { --pst-font-size-base: 225% !important }")
    paint_all(page)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_nothing_moves_while_a_page_loads(watched: Open, size: dict[str, int]) -> None:
    for name in page_names():
        shift, what = watched(viewport=size).open(name).evaluate(SHIFT)
        assert shift <= 0.02, (name, what)


def test_search_is_in_reach_on_a_phone_with_scripts_and_without(watched: Open) -> None:
    page = watched(viewport=PHONE).open(CHAPTER)
    page.locator("a.search-button").click()
    field = page.locator("#pst-search-dialog input")
    expect(field).to_be_focused()
    field.fill("digits")
    field.press("Enter")
    page.wait_for_url("**/search.html?q=digits")
    plain = watched(viewport=PHONE, java_script_enabled=False).open(CHAPTER)
    plain.locator("a.search-button").click()
    plain.wait_for_url("**/search.html")


def test_the_keys_for_search_open_it(watched: Open) -> None:
    page = watched(viewport=DESKTOP).open(CHAPTER)
    page.keyboard.press("Control+k")
    expect(page.locator("#pst-search-dialog input")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#pst-search-dialog")).not_to_be_visible()


def test_the_menu_is_a_drawer_on_a_phone_and_folds_away_on_a_desk(watched: Open) -> None:
    page = watched(viewport=PHONE).open(CHAPTER)
    page.locator(".primary-toggle").click()
    drawer = page.locator("#pst-primary-sidebar-modal")
    expect(drawer).to_be_visible()
    drawer.locator(".em-sections a[href='#quiz']").click()
    expect(drawer).not_to_be_visible()
    assert 0 <= top(page, "quiz") <= 100
    wide = watched(viewport=DESKTOP).open(CHAPTER)
    menu = wide.locator("#pst-primary-sidebar")
    expect(menu).to_be_visible()
    wide.locator(".primary-toggle").click()
    expect(menu).not_to_be_visible()
    expect(wide.locator("a.search-button")).to_be_visible()


def test_the_menu_marks_the_section_in_view(watched: Open) -> None:
    page = watched(viewport=DESKTOP).open(f"{CHAPTER}#exercises")
    marked = page.locator(".em-sections a[aria-current]")
    expect(marked).to_have_attribute("href", "#exercises")


def test_code_can_be_copied(watched: Open) -> None:
    tab = watched(permissions=["clipboard-read", "clipboard-write"])
    page = tab.open(CHAPTER)
    page.locator(".em-reveal > summary").first.click()  # it opens with the answer
    code = page.locator("details.em-code").first
    code.locator("summary").click()
    code.locator(".em-copy").click()
    expect(code.locator(".em-copy")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == (code.locator("pre").text_content() or "").strip()


def test_keyboard_reaches_a_formula_only_where_it_is_cut(watched: Open) -> None:
    page = watched(viewport=DESKTOP).open(CHAPTER)
    assert page.locator("div.em-math[tabindex]").count() == 0
    page.set_viewport_size({"width": 150, "height": 800})
    expect(page.locator("div.em-math[tabindex='0']").first).to_be_attached()
    assert (
        page.evaluate("getComputedStyle(document.querySelector('div.em-math')).overflowX") == "auto"
    )


# Boxes whose width is asked for while they are out of sight or folded away.
ASKED = """() => {
  window.asked = [];
  const { get } = Object.getOwnPropertyDescriptor(Element.prototype, "scrollWidth");
  Object.defineProperty(Element.prototype, "scrollWidth", {
    get() {
      if (!this.checkVisibility({ contentVisibilityAuto: true })) asked.push(this.className);
      return get.call(this);
    },
  });
}"""


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_nothing_out_of_sight_is_laid_out_to_learn_whether_it_fits(
    watched: Open, size: dict[str, int]
) -> None:
    tab = watched(viewport=size)
    tab.page.add_init_script(f"({ASKED})()")
    page = tab.open(CHAPTER)
    page.evaluate("document.querySelector('.em-quiz').append('later')")
    page.wait_for_timeout(500)  # the theme would ask again
    assert page.evaluate("asked") == []


def test_keyboard_reaches_code_only_where_it_is_cut(watched: Open) -> None:
    page = watched(viewport=PHONE).open(CHAPTER)
    page.locator(".em-reveal > summary").first.click()  # it opens with the answer
    code = page.locator("details.em-code").first
    code.locator("summary").click()
    box = code.locator("pre")
    assert box.evaluate("each => each.scrollWidth > each.clientWidth"), "it shows nothing"
    expect(box).to_have_attribute("tabindex", "0")
    page.set_viewport_size({"width": 3000, "height": 800})
    style(page, ":root { --em-measure: 120rem !important }")
    assert box.evaluate("each => each.scrollWidth <= each.clientWidth"), "it shows nothing"
    expect(box).not_to_have_attribute("tabindex", "0")


def test_fields_are_large_enough_that_a_phone_does_not_zoom(watched: Open) -> None:
    sizes = "all => all.map((each) => parseFloat(getComputedStyle(each).fontSize))"
    for name in (CHAPTER, "book/measuring/workbench.html"):
        page = watched(viewport=PHONE, has_touch=True).open(name)
        assert min(page.locator("select, textarea, input").evaluate_all(sizes)) >= 16


def test_the_first_page_says_its_name_once(watched: Open) -> None:
    assert watched().open("book/index.html").title() == "Emergence"
    assert watched().open(CHAPTER).title() == "The mirage — Emergence"


def test_a_copied_formula_keeps_its_structure(watched: Open) -> None:
    tab = watched(permissions=["clipboard-read", "clipboard-write"])
    page = tab.open(CHAPTER)
    formula = page.locator("div.em-math").first
    tex = formula.locator("math").get_attribute("data-em-tex")
    assert tex
    formula.evaluate("each => getSelection().selectAllChildren(each.parentElement)")
    page.keyboard.press("Control+c")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert f"${tex}$" in [line.strip() for line in copied.split("\n")], "a line of its own"
    assert tab.complaints == []


def test_copying_a_page_leaves_its_controls_as_they_are(watched: Open) -> None:
    page = watched(permissions=["clipboard-read", "clipboard-write"]).open(CHAPTER)
    chosen = page.locator(".em-explorable input[type=radio]").nth(1)
    chosen.locator("xpath=..").click()  # its label covers it
    page.evaluate("getSelection().selectAllChildren(document.querySelector('article'))")
    page.keyboard.press("Control+c")
    assert "$" in page.evaluate("navigator.clipboard.readText()")
    expect(chosen).to_be_checked()


@pytest.mark.parametrize(("query", "told"), [("0.5", True), ("10%5E8", True), ("digits", False)])
def test_a_search_for_a_number_is_told_what_the_search_knows(
    watched: Open, query: str, told: bool
) -> None:
    page = watched().open(f"search.html?q={query}")
    expect(page.locator("#search-results h2").first).to_be_visible()
    assert page.get_by_text("The search knows words, not numbers").is_visible() == told
