"""A chapter's number, said by its front matter alone, wherever else the book prints it.

In prose ``{chapter}`mirage` `` prints "chapter 13" and leads there; ``{Chapter}`` prints a capital.
The menu puts the number before the title.
"""

from __future__ import annotations

from typing import NamedTuple

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole
from sphinx.util.nodes import make_refnode

logger = logging.getLogger(__name__)


class Chapter(NamedTuple):
    """A page with a number."""

    docname: str
    number: str


def chapters(env: BuildEnvironment) -> dict[str, Chapter]:
    """Return every chapter by the last part of its page's path.

    Raises
    ------
    ExtensionError
        If a chapter's front matter has no whole number from 1 on, or two pages share their number
        or their name.
    """
    found: dict[str, Chapter] = {}
    for docname, meta in sorted(env.metadata.items()):
        if "chapter" not in meta:
            continue
        number = str(meta["chapter"])
        if not number.isdecimal() or int(number) < 1:
            raise ExtensionError(
                f"{docname}.md: chapter: found {number!r}, want a whole number from 1 on. Remedy: "
                "write 'chapter: 13' in the front matter"
            )
        name = docname.rpartition("/")[2]
        for other in found.values():
            if number == other.number or name == other.docname.rpartition("/")[2]:
                raise ExtensionError(
                    f"{docname}.md: chapter {number}, {name!r}, has the number or the name of "
                    f"{other.docname}.md. Remedy: give it its own"
                )
        found[name] = Chapter(docname, number)
    return found


class Mention(SphinxRole):
    """A link that prints a chapter's number, found once all pages are read."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the place of the link."""
        # Sphinx looks roles up, and names them, in lower case.
        word = "Chapter" if "Chapter" in self.rawtext.partition("`")[0] else "chapter"
        about = {"refdoc": self.env.docname, "reftype": "chapter", "reftarget": self.text}
        node = addnodes.pending_xref("", nodes.Text(word), refdomain="", **about)
        self.set_source_info(node)
        return [node], []


def resolve(
    app: Sphinx, env: BuildEnvironment, node: addnodes.pending_xref, words: nodes.Text
) -> nodes.Node | None:
    """Return the link for a mention; warn of a chapter that does not exist."""
    if node["reftype"] != "chapter":
        return None
    known = chapters(env)
    name = node["reftarget"]
    if name not in known:
        wanted = ", ".join(sorted(known)) or "(none yet)"
        logger.warning("no chapter %r; wanted one of %s", name, wanted, location=node)
        return words
    docname, number = known[name]
    text = nodes.Text(f"{words.astext()} {number}")
    return make_refnode(app.builder, node["refdoc"], docname, None, text)


def number_in_menu(app: Sphinx, doctree: nodes.document) -> None:
    """Give a chapter's entry in the menu its number, as Sphinx does for numbered sections."""
    del doctree
    docname = app.env.docname
    meta = app.env.metadata[docname]
    if "chapter" in meta:
        entry = next(app.env.tocs[docname].findall(nodes.reference))
        entry["secnumber"] = (meta["chapter"],)


def setup(app: Sphinx) -> None:
    """Register the role and the numbers of the menu."""
    app.add_role("chapter", Mention())
    app.connect("missing-reference", resolve)
    app.connect("doctree-read", number_in_menu, priority=900)  # after Sphinx has made the entry
