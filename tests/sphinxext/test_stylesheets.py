"""The theme's styles are cut down to what the pages can use, and no further."""

from __future__ import annotations

import pytest
import tinycss2

from emergence_lib.sphinxext import lean, stylesheets

USED = {"card", "open", "main"}


def trimmed(css: str) -> str:
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return stylesheets.trim(rules, USED)


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
        ("@media print{.card{a:b}.unused{a:b}}", "@media print{.card{a:b}}"),
        ("@media print{.unused{a:b}}", ""),
        ("@font-face{src:url(fa-solid.woff2)}", ""),
        ("@font-face{src:url(own.woff2)}", "@font-face{src:url(own.woff2)}"),
        ("@keyframes x{0%{a:b}}", "@keyframes x{0%{a:b}}"),
    ],
)
def test_a_rule_stays_if_something_can_match_it(css: str, kept: str) -> None:
    assert trimmed(css) == kept


def test_a_page_gets_the_assets_that_its_markup_calls_for() -> None:
    styles, scripts = lean.assets_for('<figure class="em-figure em-explorable">')
    assert styles == ["figure.css", "explorable.css"]
    assert scripts == ["explorable.js"]
    assert lean.assets_for("<p>words</p>") == ([], [])


def test_scrolling_code_can_be_reached_by_keyboard_and_the_bibliography_is_no_false_list() -> None:
    mended = lean.mend('<div role="list" class="citation-list"><pre>x</pre>')
    assert mended == '<div class="citation-list"><pre tabindex="0">x</pre>'
