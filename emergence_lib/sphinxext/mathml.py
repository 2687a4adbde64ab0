"""LaTeX to MathML at build time, with a font that has just the characters of the book.

Without an OpenType font for mathematics, brackets do not stretch and sums stay small; a whole one
weighs more than the rest of a page.
"""

from __future__ import annotations

import html
import re
from pathlib import Path

from docutils import nodes
from fontTools import subset
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

from emergence_lib.reader.markup import mathml

logger = logging.getLogger(__name__)


def render(node: nodes.Element, *, display: bool) -> str:
    """Return MathML for a node's LaTeX; a formula that does not convert is a build warning."""
    try:
        return mathml(node.astext(), display=display)
    except ValueError as error:
        logger.warning("%s", error, location=node)
        return ""


def visit_inline(translator: HTML5Translator, node: nodes.math) -> None:
    """Write an inline formula."""
    translator.body.append(render(node, display=False))
    raise nodes.SkipNode


def visit_block(translator: HTML5Translator, node: nodes.math_block) -> None:
    """Write a displayed formula, with its number and permalink if it has a label."""
    # One that does not fit scrolls; frame.js then lets the keyboard reach it.
    block = translator.starttag(node, "div", CLASS="math notranslate em-math")
    translator.body.append(block)
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, _("Permalink to this equation"))
        translator.body.append("</span>")
    translator.body.append(render(node, display=True) + "</div>")
    raise nodes.SkipNode


FORMULA = re.compile(r"<math.*?</math>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")
# Where the mathematical italic alphabets begin; browsers draw a one-letter <mi> in them.
ITALIC = {"A": 0x1D434, "a": 0x1D44E, "Α": 0x1D6E2, "α": 0x1D6FC}


def italic(character: str) -> str:
    """Return the mathematical italic form of a Latin or Greek letter, or the character itself."""
    for first, start in ITALIC.items():
        offset = ord(character) - ord(first)
        if 0 <= offset < 25 + first.isascii():
            return "ℎ" if character == "h" else chr(start + offset)
    return character


def characters_used(site: Path) -> set[str]:
    """Return every character that a formula of the site shows."""
    used: set[str] = set()
    for page in site.glob("book/**/*.html"):
        for formula in FORMULA.findall(page.read_text("utf-8")):
            used |= set(html.unescape(TAG.sub("", formula)))
    # A root has its sign from its tag, not from its text.
    return used | {italic(each) for each in used} | {"√"}


def cut_font(app: Sphinx, exception: Exception | None) -> None:
    """Cut the site's mathematics font down to the characters in use and their stretched forms."""
    if exception or app.builder.format != "html":
        return
    source = Path(app.srcdir, "book", "assets", "fonts", "em-math.woff2")
    options = subset.Options(flavor="woff2", layout_features=[], hinting=False)
    font = subset.load_font(str(source), options)
    cutter = subset.Subsetter(options)
    cutter.populate(text="".join(sorted(characters_used(Path(app.outdir)))))
    cutter.subset(font)
    # The same characters give the same bytes.
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    subset.save_font(font, str(Path(app.outdir, "_static", "fonts", source.name)), options)


def setup(app: Sphinx) -> None:
    """Offer the renderer; `_config.yml` selects it with ``html_math_renderer: mathml``."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    app.connect("build-finished", cut_font, priority=900)
