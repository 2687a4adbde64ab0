"""The role that prints a claim with its grade, the block that makes claims, the page of all."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective, SphinxRole
from sphinx.writers.html5 import HTML5Translator

from emergence_lib import claims
from emergence_lib.sphinxext.cells import page_text
from emergence_lib.sphinxext.citations import bibliography, bibliography_file, citation
from emergence_lib.sphinxext.values import Values, kept

LEDGER_PAGE = "book/claims"
# Characters of a claim that may stand on one line of a phone, whatever they are.
LONG = 14
# What stays on one line with a number: the unit after it, and a formula that it is the value of.
UNIT = re.compile(
    r"(-fold| (thousand|million|billion|trillion|decades|points|nats|logits|steps|times)\b)"
)
EQUALS = re.compile(r"\s*[=≈<>]?\s*")
# Roles of a quoted sentence that the ledger prints as their words alone; citations stay roles.
PLAIN_ROLE = re.compile(r"\{(?:term|doc|try|chapter|Chapter)\}`([^`<]+?)(?:\s*<[^>`]*>)?`")
# What is wrong with claims, as pages are read.
faults: list[str] = []
CLAIM_ROLE = re.compile(r"\{claim\}`([^`]+)`")


def values(app: Sphinx) -> Values:
    """Return the values that this build works with."""
    if not hasattr(app, "em_values"):
        app.em_values = Values(kept(app) / "claims.json")  # type: ignore[attr-defined]
    return app.em_values  # type: ignore[attr-defined]


@lru_cache(maxsize=1)
def ledger(
    root: Path, states: tuple[tuple[str, int], ...], evaluator: Values
) -> dict[str, claims.Claim]:
    """Return the claims of all pages, read once for each state of their files."""
    return claims.load(root, [page for page, _ in states], evaluator)


def read_ledger(env: BuildEnvironment) -> dict[str, claims.Claim]:
    """Return the claims of every page of the book."""
    pages = sorted(page for page in env.found_docs if env.doc2path(page).endswith(".md"))
    states = tuple((page, Path(env.doc2path(page)).stat().st_mtime_ns) for page in pages)
    return ledger(Path(env.srcdir), states, values(env.app))


def printed(env: BuildEnvironment, text: str) -> list[claims.Claim]:
    """Return the claims that a page prints; none if the ledger cannot be read.

    What is wrong with the ledger is said when the page is read that holds the fault.
    """
    names = set(CLAIM_ROLE.findall(text))
    whole = "{claims-ledger}" in text
    try:
        known = read_ledger(env) if names or whole else {}
    except ValueError:
        return []
    return [claim for name, claim in known.items() if whole or name in names]


def key(env: BuildEnvironment, text: str) -> str:
    """Return the key of the values that a page prints."""
    keys = (values(env.app).key(claim) for claim in printed(env, text) if claim.expression)
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()[:16]


class number(nodes.Inline, nodes.TextElement):
    """What a claim prints in running text."""


class ClaimRole(SphinxRole):
    """``{claim}`name``` prints what the claim says, linked to its entry in the ledger."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the number or the words, or an error that names the claim."""
        try:
            claim = claims.get(read_ledger(self.env), self.text)
            self.env.note_dependency(self.env.doc2path(claim.page))
            node = number(
                "", claim.text, claim=claim.name, grade=claim.grade, card=self.card(claim)
            )
        except ValueError as error:
            faults.append(str(error))
            message = self.inliner.reporter.error(str(error), line=self.lineno)
            return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]
        return [node], []

    def card(self, claim: claims.Claim) -> list[str]:
        """Return what the card of a claim says besides its grade: how it was come by, by whom."""
        if not claim.cite:
            return [claim.how]
        self.env.note_dependency(str(bibliography_file(self.env.app)))
        works = bibliography(self.env.app)
        return [claim.how, citation(works, ",".join(claim.cite), textual=True)]


class Claims(SphinxDirective):
    """The block at the end of a page, which prints nothing; `emergence_lib.claims` reads it."""

    has_content = True
    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return nothing, or an error that names the file, the line and the remedy."""
        try:
            known = read_ledger(self.env).values()
        except ValueError as error:
            return [self.fault(str(error))]
        page = self.env.docname
        lines = [line for line in self.content if line.strip() and not line.startswith("#")]
        read = {int(claim.place.rpartition(":")[2]) for claim in known if claim.page == page}
        if lines and not read & set(range(self.lineno, self.lineno + len(self.content) + 3)):
            return [
                self.fault(
                    f"{page}.md:{self.lineno}: these claims are not read. Remedy: begin the block "
                    "with ```{claims} at the start of a line, and end it with ``` alone"
                )
            ]
        return []

    def fault(self, what: str) -> nodes.system_message:
        """Return an error, which also ends the build when all pages are read."""
        faults.append(what)
        return self.state.document.reporter.error(what, line=self.lineno)


def visit_number(translator: HTML5Translator, node: number) -> None:
    """Open the link to the claim's entry in the ledger; the line under it tells the grade.

    A number of two words ("13 billion") stays whole; a phrase may break between its words.
    """
    builder = translator.builder
    uri = builder.get_relative_uri(builder.current_docname, LEDGER_PAGE)
    whole = "" if len(node.astext()) > LONG else " em-nb"
    translator.body.append(
        f'<a class="em-claim em-{node["grade"]}{whole}" href="{uri}#claim-{node["claim"]}" '
        f'aria-description="{claims.GRADES[node["grade"]]}">'
    )


def depart_number(translator: HTML5Translator, node: number) -> None:
    """Close the link."""
    del node
    translator.body.append("</a>")


def keep_together(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Keep each number on one line with its unit and with the formula that it is the value of."""
    del app, docname
    for node in list(doctree.findall(number)):
        if len(node.astext()) > LONG:
            continue
        parent, at = node.parent, node.parent.index(node)
        first, unit = at, None
        if (
            at > 1
            and isinstance(parent[at - 2], nodes.math)
            and EQUALS.fullmatch(text(parent, at - 1))
        ):
            first = at - 2
        if unit := UNIT.match(text(parent, at + 1)):
            parent[at + 1] = nodes.Text(parent[at + 1][unit.end() :])
        if unit or first < at:
            ends = [nodes.Text(unit[0])] if unit else []
            together = nodes.inline("", "", *parent[first : at + 1], *ends, classes=["em-nb"])
            parent[first : at + 1] = [together]


def text(parent: nodes.Element, at: int) -> str:
    """Return a child that is text; nothing if there is none, or it is something else."""
    child = parent[at] if 0 <= at < len(parent) else None
    return str(child) if isinstance(child, nodes.Text) else ""


def add_cards(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Write into the page what the cards of its numbers say, for the script that shows them."""
    del pagename, template
    found = doctree.findall(number) if doctree is not None else ()
    cards = {node["claim"]: node["card"] for node in found}
    if app.builder.format == "html" and cards:
        data = json.dumps(cards, sort_keys=True, ensure_ascii=False).replace("</", "<\\/")
        context["body"] += f'<script type="application/json" id="em-claims">{data}</script>'


def quoted(sentence: str, bold: set[str], known: dict[str, claims.Claim]) -> str:
    """Return a sentence that prints claims, in Markdown: some numbers bold, other roles plain.

    Parameters
    ----------
    sentence : str
        As `emergence_lib.claims.sentence` returns it.
    bold : set of str
        The names of the claims that are quoted from it.
    known : dict
        All claims, since a sentence may print those of other pages.
    """

    def printed(match: re.Match[str]) -> str:
        says = claims.get(known, match[1]).text
        return f"**{says}**" if match[1] in bold else says

    return CLAIM_ROLE.sub(printed, PLAIN_ROLE.sub(lambda match: match[1].strip(), sentence))


class ClaimsLedger(SphinxDirective):
    """Every claim, page by page: the sentence that prints it, what computes it, its sources."""

    def run(self) -> list[nodes.Node]:
        """Return one fold of the ledger for each page."""
        known = read_ledger(self.env)
        found: list[nodes.Node] = []
        for page, group in groupby(known.values(), key=lambda claim: claim.page):
            self.env.note_dependency(self.env.doc2path(page))
            text, made = page_text(self.env, page), list(group)
            title = " ".join(re.findall(r"^(?:chapter:|#) +(.+?) *$", text, re.MULTILINE)[:2])
            found.append(nodes.admonition(classes=["dropdown", "em-ledger"]))
            found[-1] += nodes.title("", f"{title}: {len(made)} claims")
            found[-1] += self.entries(text, made, known)
        return found

    def entries(
        self, text: str, made: list[claims.Claim], known: dict[str, claims.Claim]
    ) -> list[nodes.Node]:
        """Return an entry for each sentence of a page, with a line for each claim it prints."""
        found: list[nodes.Node] = []
        sentences: dict[str, list[claims.Claim]] = {}
        for claim in made:
            try:
                sentences.setdefault(claims.sentence(text, claim.name), []).append(claim)
            except ValueError as error:
                faults.append(f"{claim.page}.md: {error}")
                found.append(self.state.document.reporter.error(faults[-1], line=self.lineno))
        return found + [self.entry(each, group, known) for each, group in sentences.items()]

    def entry(
        self, sentence: str, group: list[claims.Claim], known: dict[str, claims.Claim]
    ) -> nodes.Element:
        """Return a sentence and how each of its claims was come by, to which links lead."""
        item = nodes.container(classes=["em-ledger-entry"])
        try:
            lines = [quoted(sentence, {claim.name for claim in group}, known), ""]
            for place, claim in enumerate(group):
                sources = f" {{cite:p}}`{','.join(claim.cite)}`" if claim.cite else ""
                says = f"**{claim.text}**, " if len(group) > 1 else ""
                where = "" if place else f", {{doc}}`/{claim.page}`"
                trust = f"{says}*{claims.GRADES[claim.grade]}*{where}."
                lines += [f"{trust} {claim.how}{sources}", ""]
        except ValueError as error:
            faults.append(f"{group[0].page}.md: {error}")
            return self.state.document.reporter.error(faults[-1], line=self.lineno)
        self.parse(lines, item)
        _, *explained = item.findall(nodes.paragraph)
        for paragraph, claim in zip(explained, group, strict=True):
            paragraph["ids"] = [f"claim-{claim.name}"]
            next(paragraph.findall(nodes.emphasis))["classes"] = ["em-grade", f"em-{claim.grade}"]
            for code in list(paragraph.findall(nodes.literal)):
                # The writer would put each word of an expression into a span of its own.
                short = f"<code>{escape(code.astext(), quote=False)}</code>"
                code.replace_self(nodes.raw("", short, format="html"))
        return item

    def parse(self, lines: list[str], into: nodes.Element) -> None:
        """Parse Markdown into a node."""
        self.state.nested_parse(StringList(lines, source="claims"), 0, into)


def work_out(app: Sphinx, *, until: Callable[[], bool]) -> None:
    """Work out the values of all claims that are not known, and keep them.

    Faults are passed over: they are said when the page is read.

    Raises
    ------
    ExtensionError
        If the library has changed meanwhile.
    """
    try:
        made = read_ledger(app.env).values()
    except ValueError:
        return
    for claim in made:
        if until():
            return
        with suppress(claims.ClaimError):
            _ = claim.value
    if values(app).outdated():
        raise ExtensionError("the library has changed during the build. Remedy: build again")
    values(app).keep(made)


def stop_on_faults(app: Sphinx, env: BuildEnvironment) -> None:
    """End the build, before anything is kept, if a claim failed: a later one would not say so."""
    del app, env
    found = sorted(set(faults))
    faults.clear()
    if found:
        raise ExtensionError("\n".join(found))


def setup(app: Sphinx) -> None:
    """Register the role and the directives."""
    app.add_node(number, html=(visit_number, depart_number))
    app.add_role("claim", ClaimRole())
    app.add_directive("claims", Claims)
    app.add_directive("claims-ledger", ClaimsLedger)
    app.connect("env-updated", stop_on_faults)
    app.connect("doctree-resolved", keep_together)
    app.connect("html-page-context", add_cards, priority=800)
