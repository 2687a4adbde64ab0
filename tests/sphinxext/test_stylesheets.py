"""The theme's styles are cut down to what the pages can use, and no further."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest
import tinycss2
from sphinx.builders.html._assets import _JavaScript
from sphinx.errors import ExtensionError

from emergence_lib.sphinxext import lean, stylesheets

PAGE = """\
<main id="main"><div class="card open"><br><p>words, and unused</p></div><hr/>
<section><p class="last">more</p></section></main>"""
SCRIPT = 'box.className = "later"; box.append(document.createElement("output"))'
SITE = stylesheets.Site([PAGE], [SCRIPT])


def trimmed(css: str) -> str:
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return stylesheets.trim(rules, SITE)


@pytest.mark.parametrize(
    ("css", "kept"),
    [
        (".card{a:b}", ".card{a:b}"),
        (".unused{a:b}", ""),
        (".card,.unused{a:b}", ".card{a:b}"),
        (".card.unused{a:b}", ""),
        ("#main p{a:b}", "#main p{a:b}"),
        ("p{a:b}", "p{a:b}"),
        ("p:not(.unused,.other){a:b}", "p:not(.unused,.other){a:b}"),
        (".card:is(.unused,.open){a:b}", ".card:is(.unused,.open){a:b}"),
        (
            "main :is(.unused, .card:has(.open, p)){a:b}",
            "main :is(.unused, .card:has(.open, p)){a:b}",
        ),
        (".unused :is(.unused, .card:has(.open)){a:b}", ""),
        ("main .card p{a:b}", "main .card p{a:b}"),
        ("section .card{a:b}", ""),
        ("main>p{a:b}", ""),
        ("main > section > p{a:b}", "main > section > p{a:b}"),
        ("main > section p.last{a:b}", "main > section p.last{a:b}"),
        ("div.last{a:b}", ""),
        # Of brothers it is known that both exist, not how they stand.
        ("br ~ p{a:b}", "br ~ p{a:b}"),
        ("main hr + section p{a:b}", "main hr + section p{a:b}"),
        (".open ~ .unused{a:b}", ""),
        # What a script may make, and states.
        (".later p:hover{a:b}", ".later p:hover{a:b}"),
        ("output[data-x=y]{a:b}", "output[data-x=y]{a:b}"),
        (".later .unused{a:b}", ""),
        ("main :not(hr) > p{a:b}", "main :not(hr) > p{a:b}"),
        ("details{a:b}", ""),
        ("p::before:not(:is(.a,.b)){a:b}", "p::before:not(:is(.a,.b)){a:b}"),
        ("@media print{.card{a:b}.unused{a:b}}", "@media print{.card{a:b}}"),
        ("@media print{.unused{a:b}}", ""),
        ("@font-face{src:url(fa-solid.woff2)}", ""),
        ("@font-face{src:url(own.woff2)}", "@font-face{src:url(own.woff2)}"),
        ("@keyframes x{0%{a:b}}", "@keyframes x{0%{a:b}}"),
    ],
)
def test_a_rule_stays_if_something_can_match_it(css: str, kept: str) -> None:
    assert trimmed(css) == kept


def test_variables_that_nothing_reads_go_and_so_do_those_that_only_they_read() -> None:
    icon = '--f:url("data:x;y,z");'
    css = f":root{{--a:1px;--b:var(--a);{icon}--c:2px;--d:3px}}p{{x:var(--c, 1px)}}html{{--e:4px}}"
    assert stylesheets.without_idle_variables(css, {"--d"}) == (
        ":root{--c:2px;--d:3px}p{x:var(--c, 1px)}"
    )


def test_a_page_gets_the_scripts_that_its_markup_calls_for() -> None:
    assert lean.components('<figure class="em-figure em-explorable">') == [
        "controls.js",
        "explorable.js",
        "take.js",
    ]
    assert lean.components('<figure class="em-explorable em-twin">')[-1] == "twin.js"
    assert lean.components('<section class="em-matrix">') == ["matrix.js"]
    assert lean.components("<p>words</p>") == []


def test_a_script_is_kept_if_the_page_uses_it_and_holds_nothing_up() -> None:
    tabs, thebe = _JavaScript("design-tabs.js"), _JavaScript("sphinx-thebe.js")
    assert lean.is_needed(tabs, '<div class="sd-tab-set">')
    assert not lean.is_needed(tabs, "<p>")
    assert not lean.is_needed(thebe, "<p>")
    assert lean.deferred(tabs).attributes == {"defer": "defer"}
    assert tabs.attributes == {}, "Sphinx shares these objects between pages"


def test_addresses_are_seen_from_the_one_file(tmp_path: Path) -> None:
    sheet = tmp_path / "styles" / "one.css"
    sheet.parent.mkdir()
    sheet.write_text("a{b:url(../x.png)}c{d:url('y.png')}e{f:url(data:,z)}", "utf-8")
    expected = 'a{b:url("x.png")}c{d:url("styles/y.png")}e{f:url(data:,z)}'
    assert stylesheets.read(tmp_path, sheet) == expected


def test_the_themes_script_asks_no_box_for_its_width_and_a_strange_one_is_refused() -> None:
    shipped = files("pydata_sphinx_theme") / "theme/pydata_sphinx_theme/static" / lean.THEME_SCRIPT
    script = shipped.read_text("utf-8")
    mended = lean.without_widths(script)
    assert len(lean.WIDTHS.findall(script)) == 1
    assert not lean.WIDTHS.search(mended)
    assert lean.without_widths(mended) == mended, "a site may be written twice"
    with pytest.raises(ExtensionError, match="no longer holds"):
        lean.without_widths("document.querySelectorAll('pre')")


def test_scrolling_code_can_be_reached_by_keyboard_and_the_bibliography_is_no_false_list() -> None:
    entry = '<div class="citation" role="doc-biblioentry">'
    mended = lean.mend(f'<div role="list" class="citation-list">{entry}<pre>x</pre>')
    assert mended == '<div class="citation-list"><div class="citation"><pre tabindex="0">x</pre>'
    wide = lean.mend('<div class="pst-scrollable-table-container"><table>')
    assert wide == '<div class="pst-scrollable-table-container" tabindex="0"><table>'
