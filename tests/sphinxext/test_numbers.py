"""Graded numbers in running text: what the page says of each, and what stays on its line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from sphinx.testing.util import SphinxTestApp

CONFIG = """\
extensions = ["myst_parser", "emergence_lib.sphinxext.claims"]
myst_enable_extensions = ["dollarmath"]
html_math_renderer = "mathjax"
"""
WORKS = """\
@article{wei, author = {Wei, Jason and Tay, Yi and Bommasani, Rishi}, year = {2022}}
"""
PAGE = """\
# A page

About {claim}`half` million of them, with $P$ = {claim}`told`; {claim}`told` items are
{claim}`fewer`. It grew {claim}`told`-fold.

```{claims} recomputed
half: {laws.exact_match(0.5, 1):.1f} in [0.4, 0.6] @wei
fewer: fewer than you would think if laws.exact_match(0.5, 2) < 0.5
told: 17 @wei
```
"""
LINK = re.compile(r'<a class="em-claim (em-[^"]+)" href="claims.html#claim-(\w+)" [^>]+>')


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("numbers")
    book = folder / "book"
    book.mkdir()
    (folder / "conf.py").write_text(CONFIG, "utf-8")
    (folder / "index.md").write_text("# Book\n\n```{toctree}\nbook/page\n```\n", "utf-8")
    (book / "page.md").write_text(PAGE, "utf-8")
    (book / "references.bib").write_text(WORKS, "utf-8")
    app = SphinxTestApp("html", srcdir=folder)
    try:
        app.build()
    finally:
        app.cleanup()
    return Path(app.outdir, "book", "page.html").read_text("utf-8")


def test_a_number_is_a_link_that_carries_its_grade_and_only_phrases_break(page: str) -> None:
    assert LINK.findall(page) == [
        ("em-recomputed em-nb", "half"),
        ("em-reported em-nb", "told"),
        ("em-reported em-nb", "told"),
        ("em-recomputed", "fewer"),
        ("em-reported em-nb", "told"),
    ]
    assert page.count('aria-description="recomputed from published data"') == 2


def test_unit_and_formula_stay_with_their_number(page: str) -> None:
    plain = re.sub(r"<(?!/?span)[^>]+>", "", page)
    together = re.findall(r'<span class="em-nb">(.*?)</span>(?!</span>| =)', plain, re.DOTALL)
    bare = [re.sub(r"<[^>]+>", "", each) for each in together]
    assert bare == ["0.5 million", "\\(P\\) = 17", "17-fold"]


def test_the_page_carries_what_its_cards_say(page: str) -> None:
    data = re.search(r'id="em-claims">(.*?)</script>', page)
    assert data
    assert json.loads(data[1]) == {
        "half": ["`laws.exact_match(0.5, 1)`, accepted from 0.4 to 0.6.", "Wei et al. (2022)"],
        "fewer": ["`laws.exact_match(0.5, 2) < 0.5` must be true."],
        "told": ["Reported, not recomputed.", "Wei et al. (2022)"],
    }
