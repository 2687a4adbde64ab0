"""Words in the prose that set a control: ``{try}`try n = 10 <power?n=10>```."""

from __future__ import annotations

from html import escape
from urllib.parse import parse_qsl

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import ReferenceRole


class Try(ReferenceRole):
    """A link to an explorable that also sets its controls; without scripts it is just a link."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the link, or an error that shows the wanted form."""
        figure, mark, settings = self.target.partition("?")
        pairs = parse_qsl(settings, strict_parsing=False)
        if not (self.has_explicit_title and figure and mark and pairs):
            message = self.inliner.reporter.error(
                f"{{try}} wants 'words <figure?control=value>', got {self.text!r}",
                line=self.lineno,
            )
            return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]
        link = nodes.reference("", self.title, refid=f"fig-{figure}", classes=["em-set"])
        link["em-figure"], link["em-set"] = figure, settings
        return [link], []


def add_data_attributes(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Write the links with the attributes that the explorable's script reads."""
    del docname
    if app.builder.format != "html":
        return
    for link in list(doctree.findall(nodes.reference)):
        if "em-set" in link["classes"]:
            link.replace_self(
                nodes.raw(
                    "",
                    f'<a class="em-set" href="#{link["refid"]}" '
                    f'data-em-figure="{link["em-figure"]}" '
                    f'data-em-set="{escape(link["em-set"])}">{link.astext()}</a>',
                    format="html",
                )
            )


def setup(app: Sphinx) -> None:
    """Register the role."""
    app.add_role("try", Try())
    app.connect("doctree-resolved", add_data_attributes)
