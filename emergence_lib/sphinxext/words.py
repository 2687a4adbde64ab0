"""Words in the prose that set a control: ``{try}`try n = 10 <power?n=10>```."""

from __future__ import annotations

from html import escape
from urllib.parse import parse_qsl

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import ReferenceRole
from sphinx.writers.html5 import HTML5Translator


class setting(nodes.Inline, nodes.TextElement):
    """Words that lead to an explorable and set its controls."""


class Try(ReferenceRole):
    """A link to an explorable that also sets its controls; without scripts it is just a link."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the link, or an error that shows the wanted form."""
        figure, _, settings = self.target.partition("?")
        if not (self.has_explicit_title and figure and parse_qsl(settings)):
            message = self.inliner.reporter.error(
                f"{{try}} wants 'words <figure?control=value>', got {self.text!r}",
                line=self.lineno,
            )
            return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]
        return [setting("", self.title, figure=figure, settings=settings)], []


def visit(translator: HTML5Translator, node: setting) -> None:
    """Open a link with the attributes that the explorable's script reads."""
    figure, settings = escape(node["figure"]), escape(node["settings"])
    translator.body.append(
        f'<a class="em-set" href="#fig-{figure}" data-em-figure="{figure}" '
        f'data-em-set="{settings}">'
    )


def depart(translator: HTML5Translator, node: setting) -> None:
    """Close the link."""
    del node
    translator.body.append("</a>")


def setup(app: Sphinx) -> None:
    """Register the role."""
    app.add_node(setting, html=(visit, depart))
    app.add_role("try", Try())
