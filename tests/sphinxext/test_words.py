"""Words in the prose that set a control are links."""

from __future__ import annotations

from pathlib import Path

from tests.sphinxext.small_book import SmallBook

GOOD = "A first paragraph. Here {try}`try n = 10 <power?n=10&log=on>` stands."
LINK = (
    '<a class="em-set" href="#fig-power" data-em-figure="power" data-em-set="n=10&amp;log=on">'
    "try n = 10</a>"
)


def test_the_words_link_to_the_figure_and_carry_the_settings(tmp_path: Path) -> None:
    book = SmallBook(tmp_path / "small")
    book.write("index.md", f"# A page\n\n{GOOD}\n")
    code, _ = book.build()
    assert code == 0
    assert LINK in book.page()
