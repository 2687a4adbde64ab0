"""The built pages in a second engine, in short: each kind of control, quiz, search, workbench."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.firefox import Firefox, firefox

CHAPTER = "book/metric-debate/mirage.html"


@pytest.fixture(scope="module")
def fox() -> Iterator[Firefox]:
    with firefox() as started:
        yield started


def test_every_kind_of_control_moves_its_figure_by_keyboard(fox: Firefox, address: str) -> None:
    tried = set()
    for name in ("book/index.html", CHAPTER, "book/measuring/detecting.html"):
        fox.open(address + name)
        kinds = {"range": "ArrowRight", "radio": "ArrowDown"}
        for kind, key in kinds.items():
            field = f'.em-explorable input[type="{kind}"]'
            if kind in tried or not fox.evaluate(f"!!document.querySelector('{field}')"):
                continue
            readout = (
                f"document.querySelector('{field}').closest('.em-explorable')"
                ".querySelector('.em-readout span').textContent"
            )
            if kind == "radio":
                field += ":checked"
            before = fox.evaluate(readout)
            fox.focus(field)
            fox.press(key)
            assert fox.evaluate(readout) != before, (name, kind)
            tried.add(kind)
        assert fox.complaints() == []
    assert tried == {"range", "radio"}


def test_a_word_in_the_prose_sets_a_control(fox: Firefox, address: str) -> None:
    fox.open(address + CHAPTER)
    wanted = fox.evaluate("document.querySelector('a.em-set').dataset.emSet")
    key, _, value = wanted.partition("&")[0].partition("=")
    fox.focus("a.em-set")
    fox.press("Enter")
    state = fox.evaluate(
        f"""(() => {{
          const name = document.querySelector("a.em-set").dataset.emFigure;
          const figure = document.getElementById(`fig-${{name}}`);
          const data = JSON.parse(figure.querySelector("script").textContent);
          const {{ values }} = data.controls.find((each) => each.key === "{key}");
          const all = [...figure.querySelectorAll('[data-em-key="{key}"]')];
          const at = all.length > 1 ? all.findIndex((each) => each.checked)
            : all[0].type === "checkbox" ? Number(all[0].checked) : Number(all[0].value);
          return values[at];
        }})()"""
    )
    assert state == value


def test_a_quiz_says_what_is_right_and_remembers_it(fox: Firefox, address: str) -> None:
    fox.open(address + CHAPTER)
    fox.evaluate("localStorage.clear()")
    fox.reload()
    form = '.em-question[data-em-type="choice"]'
    done = f"document.querySelector('{form}').dataset.emDone"
    fox.click(f"{form} input[data-em-right]")
    fox.click(f"{form} [type=submit]")
    assert fox.evaluate(done) == "right"
    fox.reload()
    assert fox.evaluate(done) == "right"
    fox.click(f"{form} .em-retry")
    fox.click(f"{form} input:not([data-em-right])")
    fox.click(f"{form} [type=submit]")
    assert fox.evaluate(done) == "wrong"
    assert fox.complaints() == []


def test_the_workbench_gives_a_verdict(fox: Firefox, address: str) -> None:
    fox.open(address + "book/measuring/workbench.html")
    fox.click("[data-em-example]")
    assert fox.wait_for("document.querySelector('[data-em-verdict]')?.textContent")
    assert fox.complaints() == []


@pytest.mark.parametrize("served", ["by a server", "as a file"])
def test_search_finds_pages_from_the_field_of_every_page(
    fox: Firefox, address: str, site: Path, served: str
) -> None:
    fox.open((address if served == "by a server" else f"{site.as_uri()}/") + CHAPTER)
    assert fox.complaints() == []
    fox.press("Control+k")
    assert fox.evaluate("document.getElementById('pst-search-dialog').open")
    fox.press(*"grokking", "Enter")
    assert fox.wait_for("document.querySelectorAll('#search-results li a').length")
    assert fox.complaints() == []


@pytest.mark.parametrize("section", ["quiz", "further-reading"])
def test_a_link_leads_exactly_to_its_section(fox: Firefox, address: str, section: str) -> None:
    # What the page still has below its last section may be less than a screen.
    place = f"""(({{ top }}) => Math.abs(top - 70) < 5 || (
      top >= 0 && scrollY + innerHeight >= document.documentElement.scrollHeight - 2
    ))(document.getElementById('{section}').getBoundingClientRect())"""
    fox.open(f"{address}{CHAPTER}#{section}")
    assert fox.wait_for(place)
    fox.evaluate("scrollTo(0, 0)")
    fox.evaluate(f"[...document.querySelectorAll('nav a[href=\"#{section}\"]')].at(-1).click()")
    assert fox.wait_for(place)


def test_the_level_chosen_elsewhere_holds_on_the_page_gone_back_to(
    fox: Firefox, address: str
) -> None:
    fox.open(address + CHAPTER)
    fox.open(address + "book/measuring/detecting.html")
    fox.evaluate(
        """(() => {
          const select = document.querySelector(".em-level select");
          select.value = "expert";
          select.dispatchEvent(new Event("change"));
        })()"""
    )
    fox.back()
    chosen = "document.querySelector('.em-level select')?.value === 'expert'"
    assert fox.wait_for(f"location.pathname.includes('mirage') && {chosen}")
    assert fox.evaluate("document.documentElement.dataset.level") == "expert"


def test_menu_theme_and_search_work_with_storage_blocked(address: str) -> None:
    with firefox(network_cookie_cookieBehavior=2) as fox:
        fox.open(address + CHAPTER, width=390, height=844)
        assert fox.evaluate("Object.hasOwn(localStorage, 'getItem')"), "storage is not blocked"
        fox.evaluate("document.querySelector('.primary-toggle').click()")
        assert fox.evaluate("document.getElementById('pst-primary-sidebar-modal').open")
        fox.press("Escape")
        mode = "document.documentElement.dataset.mode"
        before = fox.evaluate(mode)
        fox.evaluate("document.querySelector('.theme-switch-button').click()")
        assert fox.evaluate(mode) != before
        fox.open(address + "search.html?q=grokking")
        assert fox.wait_for("document.querySelectorAll('#search-results li a').length")
        assert fox.complaints() == []
