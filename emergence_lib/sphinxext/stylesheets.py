"""All styles of the site in one file, without the rules that no page can use.

The theme ships rules for every component of Bootstrap and every icon of Font Awesome: 65 kB
compressed, most of a page's weight. A rule stays if each class and id it names occurs as a word in
some page or script of the site, so that what a script may add later is kept too.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

import tinycss2
from sphinx.application import Sphinx

from emergence_lib import theme

WORD = re.compile(r"[A-Za-z_][\w-]*")
NAME = re.compile(r"[.#]([A-Za-z_][\w-]*)")
# The arguments of :not(), :is() and the like say nothing certain about what must occur.
ARGUMENTS = re.compile(r"\([^()]*\)")
# In the order in which pages would load them; ours come last and win.
THEIRS = (
    "basic.css",
    "styles/pydata-sphinx-theme.css",
    "pygments.css",
    "styles/sphinx-book-theme.css",
    "mystnb*.css",
    "copybutton.css",
    "sphinx-design*.css",
)
OURS = ("site.css", "figure.css", "explorable.css", "quiz.css", "predict.css", "workbench.css")
URL = re.compile(r"url\(\s*(['\"]?)(?!data:|#)([^'\")]+)\1\s*\)")


def words_used(site: Path) -> set[str]:
    """Return every word of every page and script of the site."""
    used: set[str] = set()
    for pattern in ("**/*.html", "_static/**/*.js"):
        for path in site.glob(pattern):
            used.update(WORD.findall(path.read_text("utf-8")))
    return used


def can_match(selector: str, used: set[str]) -> bool:
    """Say whether every class and id that a selector requires occurs in the site."""
    bare = selector
    while ARGUMENTS.search(bare):
        bare = ARGUMENTS.sub("", bare)
    return all(name in used for name in NAME.findall(bare))


def split_selectors(prelude: str) -> list[str]:
    """Split a selector list at its top-level commas."""
    found, depth, start = [], 0, 0
    for index, character in enumerate(prelude):
        depth += (character in "([") - (character in ")]")
        if character == "," and depth == 0:
            found.append(prelude[start:index])
            start = index + 1
    return [*found, prelude[start:]]


def trim(rules: list[Any], used: set[str]) -> str:
    """Return the rules that can match something, as text."""
    kept = []
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = split_selectors(tinycss2.serialize(rule.prelude).strip())
            wanted = [each for each in selectors if can_match(each, used)]
            if wanted:
                kept.append(f"{','.join(wanted)}{{{tinycss2.serialize(rule.content)}}}")
        elif rule.type == "at-rule" and rule.lower_at_keyword in {"media", "supports"}:
            inner = trim(tinycss2.parse_blocks_contents(rule.content), used)
            if inner:
                kept.append(f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inner}}}")
        elif rule.type == "at-rule" and rule.lower_at_keyword == "font-face":
            if "fa-" not in tinycss2.serialize(rule.content):
                kept.append(rule.serialize())
        elif rule.type == "at-rule":
            kept.append(rule.serialize())
    return "".join(kept)


def read(static: Path, path: Path) -> str:
    """Return a style sheet's text, its addresses as seen from the folder of the one file."""

    def moved(match: re.Match[str]) -> str:
        target = posixpath.join(path.parent.relative_to(static).as_posix(), match[2])
        return f'url("{posixpath.normpath(target)}")'

    return URL.sub(moved, path.read_text("utf-8"))


def write_style(app: Sphinx, exception: Exception | None) -> None:
    """Write the one style sheet, after all pages are written."""
    if exception or app.builder.format != "html":
        return
    used = words_used(Path(app.outdir))
    static = Path(app.outdir, "_static")
    theirs = [path for pattern in THEIRS for path in sorted(static.glob(pattern))]
    sheets = [read(static, path) for path in theirs]
    sheets += [theme.css_variables(), *(read(static, static / name) for name in OURS)]
    rules = tinycss2.parse_stylesheet("\n".join(sheets), skip_comments=True, skip_whitespace=True)
    (static / "book.css").write_text(trim(rules, used), "utf-8")


def setup(app: Sphinx) -> None:
    """Write the styles when everything else has written its files."""
    app.connect("build-finished", write_style, priority=900)
