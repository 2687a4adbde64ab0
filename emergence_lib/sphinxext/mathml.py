"""LaTeX to MathML at build time: mathematics with no script and no request."""

from __future__ import annotations

from docutils import nodes
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
    translator.body.append(translator.starttag(node, "div", CLASS="math notranslate em-math"))
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, _("Permalink to this equation"))
        translator.body.append("</span>")
    translator.body.append(render(node, display=True) + "</div>")
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Offer the renderer; `_config.yml` selects it with ``html_math_renderer: mathml``."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
