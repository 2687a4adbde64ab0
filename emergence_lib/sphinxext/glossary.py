"""Terms with a level, and their definitions where the reader meets them.

`book/glossary.yml` holds each term with its level and definition. The directive
``{levelled-glossary}`` prints them as a standard glossary, so ``{term}`` links work everywhere. On
every page the links carry their level, and the page carries the definitions it uses, for cards.js.

A chapter links a term only where it wants to: its first place in the prose and in the captions
becomes a link by itself. Where a word of the glossary means something else, its entry lists the
phrase under ``elsewhere``. From 1200 px the first sentence of a definition stands in the margin
beside the first link, for the levels that need it (site.css, from ``data-em-gloss``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.domains.std import Glossary
from sphinx.environment import BuildEnvironment
from sphinx.util.nodes import make_refnode
from sphinx.util.osutil import relative_uri

from emergence_lib.checked import load_yaml
from emergence_lib.reader.markup import first_sentence
from emergence_lib.sphinxext.words import setting

LEVELS = ("beginner", "intermediate", "expert")
SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "Write one entry for each term: 'term: {level: beginner, definition: ...}'.",
    "additionalProperties": {
        "type": "object",
        "description": "Give a term a level and a definition.",
        "required": ["level", "definition"],
        "additionalProperties": False,
        "properties": {
            "level": {
                "enum": list(LEVELS),
                "description": "The most experienced reader who still needs the definition.",
            },
            "definition": {
                "type": "string",
                "minLength": 20,
                "description": "One or two sentences; the first without a formula.",
            },
            "synonyms": {
                "type": "array",
                "items": {"type": "string"},
                "description": "A list of other names for the same thing.",
            },
            "elsewhere": {
                "type": "array",
                "items": {"type": "string"},
                "description": "Phrases in which the word means something else.",
            },
        },
    },
}


def glossary_file(app: Sphinx) -> Path:
    """Return the path of the glossary's data."""
    return Path(app.srcdir, "book", "glossary.yml")


def load(path: Path) -> dict[str, dict[str, Any]]:
    """Return the checked glossary, term by term in alphabetical order."""
    terms: dict[str, dict[str, Any]] = load_yaml(path, SCHEMA)
    return dict(sorted(terms.items(), key=lambda item: item[0].lower()))


class LevelledGlossary(Glossary):
    """The whole glossary, from its data file."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        """Write the data as a standard glossary and let Sphinx parse it."""
        path = glossary_file(self.env.app)
        self.env.note_dependency(str(path))
        lines: list[str] = []
        for term, entry in load(path).items():
            lines += [term, *entry.get("synonyms", [])]
            lines += ["  " + line for line in entry["definition"].strip().splitlines()]
            lines.append("")
        self.content = StringList(lines, source=str(path))
        return super().run()


class Definition(NamedTuple):
    """What a link to the glossary needs to know."""

    level: str
    term: str
    text: str


def definitions(env: BuildEnvironment) -> dict[str, Definition]:
    """Return the definition behind each anchor, of every term and synonym."""
    levels: dict[str, str] = {}
    for term, entry in load(glossary_file(env.app)).items():
        for name in [term, *entry.get("synonyms", [])]:
            levels[name.lower()] = entry["level"]
    found: dict[str, Definition] = {}
    doctree = cache(env.get_doctree)  # which reads the whole page from its file
    for (kind, name), (docname, anchor) in env.get_domain("std").data["objects"].items():
        if kind != "term":
            continue
        for item in doctree(docname).findall(nodes.definition_list_item):
            terms = list(item.findall(nodes.term))
            if any(anchor in term["ids"] for term in terms):
                text = next(iter(item.findall(nodes.paragraph))).astext()
                found[anchor] = Definition(
                    levels[name.lower()], terms[0].astext(), " ".join(text.split())
                )
    return found


# Where a word stands by itself and not in running text.
SILENT = (
    *(nodes.reference, nodes.literal, nodes.math, nodes.title, nodes.table, nodes.term),
    setting,  # a link already
)
CAPTION = re.compile(
    r'<figcaption\b.*?</figcaption>|<(?P<tag>p|div) class="em-caption".*?</(?P=tag)>', re.DOTALL
)
# A tag, or an element whose words are no running text.
NO_TEXT = "|".join(rf"<{tag}\b.*?</{tag}>" for tag in ("a", "code", "math", "svg", "details"))
MARKUP = re.compile(f"({NO_TEXT}|<[^>]+>)", re.DOTALL)
TERM_LINK = re.compile(
    r'<a class="(?P<classes>[^"]*\bem-term\b[^"]*)" href="[^"#]*#(?P<anchor>[^"]+)"[^>]*>'
)


class Words:
    """The terms of a glossary as they stand in a text."""

    def __init__(self, terms: dict[str, dict[str, Any]]) -> None:
        names = {
            name: term
            for term, entry in terms.items()
            for name in [term, *entry.get("synonyms", [])]
        }
        self.terms = {name.lower(): term for name, term in names.items()}
        # The longest first: "loss threshold" is no loss. A capital may begin a sentence.
        alternatives = "|".join(
            f"[{name[0].upper()}{name[0]}]{re.escape(name[1:])}"
            for name in sorted(names, key=len, reverse=True)
        )
        others = [each for entry in terms.values() for each in entry.get("elsewhere", [])]
        name = rf"(?<![\w-])(?P<name>{alternatives})s?(?![\w-])"
        self.pattern = re.compile("|".join([*map(re.escape, others), name]))

    def found(self, text: str) -> Iterator[tuple[str, int, int]]:
        """Yield each term of a text, with its first and last position."""
        for match in self.pattern.finditer(text):
            if match["name"]:
                yield self.terms[match["name"].lower()], *match.span()


@dataclass
class Linker:
    """Links the first place of each term on one page."""

    app: Sphinx
    docname: str
    words: Words
    anchors: dict[str, tuple[str, str]]
    """Each term's page and anchor in the glossary."""
    read: set[str] = field(default_factory=set)
    """Terms linked in the prose so far; those of captions are linked there again."""
    seen: set[str] = field(default_factory=set)
    """Terms linked anywhere so far."""

    def pieces(self, text: str, known: set[str]) -> list[tuple[str, str]]:
        """Split a text at the terms in it that are not yet known."""
        found, end = [], 0
        for term, start, stop in self.words.found(text):
            if term not in known:
                known.add(term)
                self.seen.add(term)
                found += [(text[end:start], ""), (text[start:stop], term)]
                end = stop
        return [*found, (text[end:], "")]

    def link(self, words: str, term: str) -> nodes.reference:
        """Return a link as the role ``{term}`` makes it."""
        docname, anchor = self.anchors[term]
        inside = nodes.inline("", words, classes=["xref", "std", "std-term"])
        return make_refnode(self.app.builder, self.docname, docname, anchor, inside)

    def link_text(self, node: nodes.Text) -> None:
        """Link the terms of a piece of prose."""
        pieces = self.pieces(node.astext(), self.read)
        if len(pieces) > 1:
            parts = [
                self.link(words, term) if term else nodes.Text(words) for words, term in pieces
            ]
            node.parent.replace(node, [each for each in parts if each.astext()])

    def link_caption(self, match: re.Match[str]) -> str:
        """Return a figure's caption with its terms linked."""
        parts = MARKUP.split(match[0])
        for at in range(0, len(parts), 2):
            parts[at] = "".join(
                self.anchor(words, term) if term else words
                for words, term in self.pieces(parts[at], self.seen)
            )
        return "".join(parts)

    def anchor(self, words: str, term: str) -> str:
        """Return a link in mark-up."""
        docname, anchor = self.anchors[term]
        builder = self.app.builder
        page = relative_uri(builder.get_target_uri(self.docname), builder.get_target_uri(docname))
        return f'<a class="em-term" href="{escape(page)}#{escape(anchor)}">{words}</a>'


def is_term(link: nodes.Element) -> bool:
    """Say whether a link leads to the glossary."""
    return any(
        isinstance(child, nodes.Element) and "std-term" in child.get("classes", [])
        for child in link.children
    )


def anchor_of(link: nodes.Element) -> str:
    """Return the place in the glossary that a link leads to."""
    return str(link.get("refuri", "").rpartition("#")[2] or link.get("refid", ""))


def is_prose(text: nodes.Text, silent: tuple[type[nodes.Node], ...] = SILENT) -> bool:
    """Say whether a text stands in a paragraph, and not in a link, a formula or a table of it."""
    around = text.parent
    in_paragraph = False
    while around is not None and not isinstance(around, silent):
        in_paragraph = in_paragraph or isinstance(around, nodes.paragraph)
        around = around.parent
    return in_paragraph and around is None


def link_first_places(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Link each term where a chapter first has it, captions included."""
    is_chapter = "chapter" in app.env.metadata[docname] or docname == app.config.root_doc
    if app.builder.format != "html" or not is_chapter or not glossary_file(app).is_file():
        return
    objects = app.env.get_domain("std").data["objects"]
    places = {name.lower(): place for (kind, name), place in objects.items() if kind == "term"}
    terms = {
        term: entry
        for term, entry in load(glossary_file(app)).items()
        if term.lower() in places  # a book may have no glossary page yet
    }
    if not terms:
        return
    words = Words(terms)
    linker = Linker(app, docname, words, {term: places[term.lower()] for term in terms})
    by_anchor = {anchor: words.terms.get(name, "") for name, (_, anchor) in places.items()}
    for node in list(doctree.findall()):
        if isinstance(node, nodes.reference) and is_term(node):
            linker.read.add(by_anchor[anchor_of(node)])
            linker.seen.add(by_anchor[anchor_of(node)])
        elif isinstance(node, nodes.raw) and "em-figure" in node.astext():
            seen = set(linker.seen)
            linked = CAPTION.sub(linker.link_caption, node.astext())
            node.children = [nodes.Text(linked)]
            if "em-predict" in linked:  # folded until the reader commits: the next place is first
                linker.seen = seen
        elif isinstance(node, nodes.Text) and is_prose(node):
            linker.link_text(node)


def mark_terms(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Give each link to a term its level, and the page the definitions it uses."""
    del docname
    links = [link for link in doctree.findall(nodes.reference) if is_term(link)]
    if not links:
        return
    known = definitions(app.env)
    for link in links:
        link["classes"] += ["em-term", f"em-{known[anchor_of(link)].level}"]
    doctree["em_tips"] = known


def add_tips(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Write the page's definitions into it, for the script that shows them and for its margin."""
    del pagename, template
    known = doctree.get("em_tips") if doctree is not None else None
    if app.builder.format != "html" or not known:
        return
    used: dict[str, str] = {}
    glossed: set[str] = set()

    def explained(match: re.Match[str]) -> str:
        link, (level, term, text) = match[0], known[match["anchor"]]
        used[match["anchor"]] = text
        if f"em-{level}" not in match["classes"]:
            link = link.replace("em-term", f"em-term em-{level}", 1)
        if term in glossed or "reference" not in match["classes"]:  # captions have no margin
            return link
        glossed.add(term)
        gloss = escape(first_sentence(text)[0])
        return f'{link[:-1]} data-em-term="{escape(term)}" data-em-gloss="{gloss}">'

    context["body"] = TERM_LINK.sub(explained, context["body"])
    data = json.dumps(used, sort_keys=True, ensure_ascii=False).replace("</", "<\\/")
    context["body"] += f'<script type="application/json" id="em-tips">{data}</script>'


def setup(app: Sphinx) -> None:
    """Register the directive and the marking of terms."""
    app.add_directive("levelled-glossary", LevelledGlossary)
    app.connect("doctree-resolved", link_first_places, priority=400)
    app.connect("doctree-resolved", mark_terms)
    app.connect("html-page-context", add_tips, priority=800)
