"""What the book has so far, counted when it is built: ``{count}`claims` ``."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxRole

from emergence_lib import datasets
from emergence_lib.experiments import store
from emergence_lib.sphinxext.cells import page_text
from emergence_lib.sphinxext.claims import read_ledger
from emergence_lib.sphinxext.numbering import chapters


def count_tests(root: Path) -> int:
    """Count the test functions beside a book; many run over dozens of cases."""
    found = re.compile(r"^\s*def test_", re.MULTILINE)
    return sum(len(found.findall(path.read_text("utf-8"))) for path in root.glob("tests/**/*.py"))


PRINTS = "{count}"
COUNTS: dict[str, Callable[[BuildEnvironment], int]] = {
    "chapters": lambda env: len(chapters(env)),
    "claims": lambda env: len(read_ledger(env)),
    "data sets": lambda env: len(datasets.names()),
    "experiments": lambda env: len(store.EXPERIMENTS),
    "tests": lambda env: count_tests(Path(env.srcdir)),
}


class count(nodes.Inline, nodes.TextElement):
    """A place for a number that is known once all pages are read."""


class Count(SphinxRole):
    """``{count}`claims` `` prints how many there are; the keys are those of `COUNTS`."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the place of the number, or an error that lists what can be counted."""
        if self.text not in COUNTS:
            known = ", ".join(COUNTS)
            message = self.inliner.reporter.error(
                f"count: found {self.text!r}, want one of {known}", line=self.lineno
            )
            return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]
        return [count(of=self.text)], []


def fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put numbers where a page wants them."""
    del docname
    for place in list(doctree.findall(count)):
        place.replace_self(nodes.Text(f"{COUNTS[place['of']](app.env):,}"))


def find_rewritten(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Return the pages that print a count, if what there is has changed."""
    del app
    now = {name: number(env) for name, number in COUNTS.items()}
    if getattr(env, "em_counts", None) == now:
        return []
    env.em_counts = now  # type: ignore[attr-defined]
    return sorted(page for page in env.found_docs if PRINTS in page_text(env, page))


def setup(app: Sphinx) -> None:
    """Register the role."""
    app.add_node(count)
    app.add_role("count", Count())
    app.connect("env-updated", find_rewritten)
    app.connect("doctree-resolved", fill)
