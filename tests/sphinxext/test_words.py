"""Words in the prose that set a control are links."""

from __future__ import annotations

from pathlib import Path

from sphinx.testing.util import SphinxTestApp

GOOD = "A first paragraph. Here :try:`try n = 10 <power?n=10&log=on>` stands."
LINK = (
    '<a class="em-set" href="#fig-power" data-em-figure="power" data-em-set="n=10&amp;log=on">'
    "try n = 10</a>"
)


def test_the_words_link_to_the_figure_and_carry_the_settings(tmp_path: Path) -> None:
    (tmp_path / "conf.py").write_text("extensions = ['emergence_lib.sphinxext.words']", "utf-8")
    (tmp_path / "index.rst").write_text(f"A page\n======\n\n{GOOD}\n", "utf-8")
    app = SphinxTestApp("html", srcdir=tmp_path)
    try:
        app.build()
    finally:
        app.cleanup()
    assert app.warning.getvalue() == ""
    assert LINK in Path(app.outdir, "index.html").read_text("utf-8")
