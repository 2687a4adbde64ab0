"""The role that prints a computed number with its badge, and the page that lists them all."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective, SphinxRole
from sphinx.writers.html5 import HTML5Translator

from emergence_lib import claims

LEDGER_PAGE = "book/claims"


def ledger_file(env: BuildEnvironment) -> Path:
    """Return the path of the ledger."""
    return Path(env.srcdir, "book", "claims.yml")


@lru_cache(maxsize=1)
def ledger(path: Path, modified: int) -> dict[str, claims.Claim]:
    """Return the ledger, read once for each state of the file."""
    del modified
    return claims.load(path)


def read_ledger(env: BuildEnvironment) -> dict[str, claims.Claim]:
    """Return the ledger and note that the page depends on it."""
    path = ledger_file(env)
    env.note_dependency(str(path))
    return ledger(path, path.stat().st_mtime_ns)


class number(nodes.Inline, nodes.TextElement):
    """A number of the ledger in running text."""


class ClaimRole(SphinxRole):
    """``{claim}`name``` prints the number of that claim, linked to its entry in the ledger."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the number, or an error that names the claim."""
        try:
            claim = claims.get(read_ledger(self.env), self.text)
            node = number("", claim.text, claim=claim.name, grade=claim.grade)
        except ValueError as error:
            message = self.inliner.reporter.error(str(error), line=self.lineno)
            return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]
        return [node], []


def badge(grade: str) -> str:
    """Return the mark of a grade; its name is read out and shown on hover."""
    name = claims.GRADES[grade]
    names = f'role="img" aria-label="{name}" title="{name}"'
    return f'<span class="em-badge em-badge-{grade}" {names}></span>'


def visit_number(translator: HTML5Translator, node: number) -> None:
    """Open the link to the claim's entry in the ledger."""
    builder = translator.builder
    uri = builder.get_relative_uri(builder.current_docname, LEDGER_PAGE)
    translator.body.append(f'<a class="em-claim" href="{uri}#claim-{node["claim"]}">')


def depart_number(translator: HTML5Translator, node: number) -> None:
    """Write the badge after the number and close the link."""
    translator.body.append(f"{badge(node['grade'])}</a>")


class ClaimsLedger(SphinxDirective):
    """Every claim, chapter by chapter, with its expression, band and sources."""

    def run(self) -> list[nodes.Node]:
        """Return one section of the ledger for each chapter."""
        entries = sorted(read_ledger(self.env).values(), key=lambda claim: claim.chapter)
        found: list[nodes.Node] = []
        for chapter, group in groupby(entries, key=lambda claim: claim.chapter):
            lines = [f"**{{doc}}`/{chapter}`**", ""]
            container = nodes.container(classes=["em-ledger"])
            self.state.nested_parse(StringList(lines, source="claims.yml"), 0, container)
            found.append(container)
            found += [self.entry(claim) for claim in group]
        return found

    def entry(self, claim: claims.Claim) -> nodes.Element:
        """Return one claim as a paragraph that can be linked to."""
        item = nodes.container(classes=["em-ledger-entry"], ids=[f"claim-{claim.name}"])
        how = (
            f"`{claim.compute}`, accepted from {claim.band[0]:g} to {claim.band[1]:g}."
            if claim.band
            else "Reported, not recomputed."
        )
        sources = f" {{cite:p}}`{','.join(claim.cite)}`" if claim.cite else ""
        grade = nodes.raw("", badge(claim.grade), format="html")
        text = [claim.sentence, "", f"*{claims.GRADES[claim.grade]}.* {how}{sources}"]
        self.state.nested_parse(StringList(text, source="claims.yml"), 0, item)
        first = item.next_node(nodes.paragraph)
        assert first is not None
        first.insert(0, grade)
        return item


def setup(app: Sphinx) -> None:
    """Register the role and the directive."""
    app.add_node(number, html=(visit_number, depart_number))
    app.add_role("claim", ClaimRole())
    app.add_directive("claims-ledger", ClaimsLedger)
