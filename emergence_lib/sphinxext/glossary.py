"""Terms with a level, and their definitions where the reader meets them.

`book/glossary.yml` holds each term with its level and definition. The directive
``{levelled-glossary}`` prints them as a standard glossary, so ``{term}`` links work everywhere. On
every page the links carry their level, and the page carries the definitions it uses, for tips.js.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.domains.std import Glossary
from sphinx.environment import BuildEnvironment

from emergence_lib.checked import load_yaml

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


def definitions(env: BuildEnvironment) -> dict[str, tuple[str, str]]:
    """Return anchor -> (level, definition as plain text) for every term and synonym."""
    levels: dict[str, str] = {}
    for term, entry in load(glossary_file(env.app)).items():
        for name in [term, *entry.get("synonyms", [])]:
            levels[name.lower()] = entry["level"]
    found: dict[str, tuple[str, str]] = {}
    doctree = cache(env.get_doctree)  # which reads the whole page from its file
    for (kind, name), (docname, anchor) in env.get_domain("std").data["objects"].items():
        if kind != "term":
            continue
        for item in doctree(docname).findall(nodes.definition_list_item):
            if any(anchor in term["ids"] for term in item.findall(nodes.term)):
                text = next(iter(item.findall(nodes.paragraph))).astext()
                found[anchor] = (levels[name.lower()], " ".join(text.split()))
    return found


def mark_terms(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Give each link to a term its level, and the page the definitions it uses."""
    del docname
    links = [
        link
        for link in doctree.findall(nodes.reference)
        if any(
            isinstance(child, nodes.Element) and "std-term" in child.get("classes", [])
            for child in link.children
        )
    ]
    if not links:
        return
    known = definitions(app.env)
    used = {}
    for link in links:
        anchor = (link.get("refuri", "").rpartition("#")[2]) or link.get("refid", "")
        level, text = known[anchor]
        used[anchor] = text
        link["classes"] += ["em-term", f"em-{level}"]
    doctree["em_tips"] = used


def add_tips(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Write the page's definitions into it, for the script that shows them."""
    del pagename, template
    tips = doctree.get("em_tips") if doctree is not None else None
    if app.builder.format == "html" and tips:
        data = json.dumps(tips, sort_keys=True, ensure_ascii=False).replace("</", "<\\/")
        context["body"] += f'<script type="application/json" id="em-tips">{data}</script>'


def setup(app: Sphinx) -> None:
    """Register the directive and the marking of terms."""
    app.add_directive("levelled-glossary", LevelledGlossary)
    app.connect("doctree-resolved", mark_terms)
    app.connect("html-page-context", add_tips, priority=800)
