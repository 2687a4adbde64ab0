"""All styles of the site in one file, without the rules that no page can use.

The theme ships rules for every component of Bootstrap and every icon of Font Awesome: 65 kB
compressed, most of a page's weight. A rule stays if some element of some page matches its selector
as far as that can be known from the pages at rest: states (``:hover``, ``[open]``), the arguments
of ``:is()`` and ``:not()``, and every class and id that a script names count as met. A test
compares pictures of every page with and without the rules taken out.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

import tinycss2
from sphinx.application import Sphinx

from emergence_lib import theme

# A name in a script; shorter ones are variables of scripts made small.
WORD = re.compile(r"[A-Za-z_][\w-]{2,}")
# In the order in which pages would load them; ours come last and win.
THEIRS = (
    "basic.css",
    "styles/pydata-sphinx-theme.css",
    "pygments.css",
    "styles/sphinx-book-theme.css",
    "mystnb*.css",
    "sphinx-design*.css",
)
OURS = (
    *("site.css", "cards.css", "figure.css", "explorable.css", "dock.css", "twin.css"),
    *("quiz.css", "predict.css", "workbench.css", "wall.css", "browse.css"),
    "matrix.css",
    *("chapters.css", "elsewhere.css"),
)
URL = re.compile(r"url\(\s*(['\"]?)(?!data:|#)([^'\")]+)\1\s*\)")
# Said of an element in brackets: attributes, which scripts change, and arguments of :is() and such.
SAID = re.compile(r"\[[^\]]*\]|::?[\w-]+\([^()]*\)|::?[\w-]+(?![\w(-])")
COMBINATOR = re.compile(r"\s*[>+~]\s*|\s+")
PART = re.compile(r"(?P<kind>[.#]?)(?P<name>-?[A-Za-z_][\w-]*)")
DECLARED = re.compile(r"""(?<=[{;])\s*(--[\w-]+)\s*:(?:"[^"]*"|'[^']*'|[^;{}"'])*(?:;|(?=\}))""")
VOID = frozenset(
    ["area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"]
)


class Element(NamedTuple):
    """What a selector can ask of an element at rest."""

    tag: str
    names: frozenset[str]
    """Its classes and its id, as ``.class`` and ``#id``."""


Nested = tuple[Element, ...]


class Elements(HTMLParser):
    """Collects every element of a page with those around it, outermost first."""

    def __init__(self, into: set[Nested]) -> None:
        super().__init__()
        self.into = into
        self.around: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element; those that end at once hold no others."""
        said = dict(attrs)
        names = {f".{name}" for name in (said.get("class") or "").split()}
        names |= {f"#{name}" for name in (said.get("id") or "").split()}
        element = Element(tag, frozenset(names))
        self.into.add((*self.around, element))
        if tag not in VOID:
            self.around.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element without content, as SVG writes it."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.around.pop()

    def handle_endtag(self, tag: str) -> None:
        """Leave an element, and those inside that were never closed."""
        for place in reversed(range(len(self.around))):
            if self.around[place].tag == tag:
                del self.around[place:]
                return


class Site:
    """The elements of all pages, and the names that scripts may give to others."""

    def __init__(self, pages: Iterable[str], scripts: Iterable[str]) -> None:
        paths: set[Nested] = set()
        pages, scripts = list(pages), list(scripts)
        for page in pages:
            Elements(paths).feed(page)
        self.scripted = {word for script in scripts for word in WORD.findall(script)}
        self.variables = {
            name
            for text in [*scripts, *pages]
            for name in re.findall(r"var\(\s*(--[\w-]+)|[\"'](--[\w-]+)", text)
            for name in name
        }
        self.tags = {path[-1].tag for path in paths}
        self.ending: dict[Element, list[Nested]] = {}
        for path in paths:
            self.ending.setdefault(path[-1], []).append(path)
        self.meeting = cache(self._meeting)
        self.can_match = cache(self._can_match)

    @classmethod
    def built(cls, site: Path) -> Site:
        """Return what a folder of pages holds."""
        pages, scripts = (
            [path.read_text("utf-8") for path in sorted(site.glob(pattern))]
            for pattern in ("**/*.html", "_static/**/*.js")
        )
        inline = (match for page in pages for match in re.findall(r"<script>(.*?)</script>", page))
        return cls(pages, [*scripts, *inline])

    def compound(self, text: str) -> Element:
        """Return what a part of a selector between combinators asks of an element."""
        tag, names = "", set()
        for part in PART.finditer(text):
            if not part["kind"]:
                tag = part["name"].lower()
                if tag not in self.tags and tag in self.scripted:
                    tag = ""
            elif part["name"] not in self.scripted:
                names.add(part[0])
        return Element(tag, frozenset(names))

    def _meeting(self, wanted: Element) -> list[Element]:
        """Return the elements that are what a part of a selector asks for."""
        return [element for element in self.ending if met(element, wanted)]

    def _can_match(self, selector: str) -> bool:
        """Say whether some element may match a selector, now or once a script has run."""
        bare = selector
        while SAID.search(bare):
            bare = SAID.sub("*", bare)
        pieces = COMBINATOR.split(bare.strip())
        signs = [sign.strip() for sign in COMBINATOR.findall(bare.strip())]
        wanted = [self.compound(piece) for piece in pieces]
        return all(map(self.meeting, wanted)) and any(
            stands(path[:-1], wanted[:-1], signs)
            for element in self.meeting(wanted[-1])
            for path in self.ending[element]
        )


def met(element: Element, wanted: Element) -> bool:
    """Say whether an element is what is asked for."""
    return wanted.tag in ("", element.tag) and wanted.names <= element.names


def stands(around: Nested, wanted: list[Element], signs: list[str]) -> bool:
    """Say whether an element inside others stands where a selector wants it.

    Of elements beside it nothing is known; what stands around those stands around it.
    """
    if not wanted:
        return True
    *outer, last = wanted
    if signs[-1] in ("+", "~"):
        return stands(around, outer, signs[:-1])
    places = range(len(around)) if signs[-1] == "" else range(len(around))[-1:]
    return any(
        met(around[place], last) and stands(around[:place], outer, signs[:-1]) for place in places
    )


def split_selectors(prelude: str) -> list[str]:
    """Split a selector list at its top-level commas."""
    found, depth, start = [], 0, 0
    for index, character in enumerate(prelude):
        depth += (character in "([") - (character in ")]")
        if character == "," and depth == 0:
            found.append(prelude[start:index])
            start = index + 1
    return [*found, prelude[start:]]


def trim(rules: list[Any], site: Site) -> str:
    """Return the rules that can match something, as text."""
    kept = []
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = split_selectors(tinycss2.serialize(rule.prelude).strip())
            wanted = [" ".join(each.split()) for each in selectors if site.can_match(each)]
            content = " ".join(tinycss2.serialize(rule.content).split())
            if wanted and content:
                kept.append(f"{','.join(wanted)}{{{content}}}")
        elif rule.type == "at-rule" and rule.lower_at_keyword in {"media", "supports"}:
            inner = trim(tinycss2.parse_blocks_contents(rule.content), site)
            if inner:
                kept.append(f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inner}}}")
        elif rule.type == "at-rule" and rule.lower_at_keyword == "font-face":
            if "fa-" not in tinycss2.serialize(rule.content):
                kept.append(rule.serialize())
        elif rule.type == "at-rule":
            kept.append(rule.serialize())
    return "".join(kept)


def without_idle_variables(css: str, scripted: set[str]) -> str:
    """Take out variables that neither a rule nor a script reads, again until all are read."""
    used = scripted | set(re.findall(r"var\(\s*(--[\w-]+)", css))
    shorter = DECLARED.sub(lambda match: match[0] if match[1] in used else "", css)
    if shorter != css:
        return without_idle_variables(shorter, scripted)
    return re.sub(r"[^{}]+\{\s*\}", "", css)


def read(static: Path, path: Path) -> str:
    """Return a style sheet's text, its addresses as seen from the folder of the one file."""

    def moved(match: re.Match[str]) -> str:
        target = posixpath.join(path.parent.relative_to(static).as_posix(), match[2])
        return f'url("{posixpath.normpath(target)}")'

    return URL.sub(moved, path.read_text("utf-8"))


def whole(static: Path) -> str:
    """Return all styles, with every rule."""
    theirs = [path for pattern in THEIRS for path in sorted(static.glob(pattern))]
    sheets = [read(static, path) for path in theirs]
    sheets += [theme.css_variables(), *(read(static, static / name) for name in OURS)]
    return "\n".join(sheets)


def write_style(app: Sphinx, exception: Exception | None) -> None:
    """Write the one style sheet, after all pages are written."""
    if exception or app.builder.format != "html":
        return
    static = Path(app.outdir, "_static")
    site = Site.built(Path(app.outdir))
    rules = tinycss2.parse_stylesheet(whole(static), skip_comments=True, skip_whitespace=True)
    css = without_idle_variables(trim(rules, site), site.variables)
    (static / "book.css").write_text(css, "utf-8")


def setup(app: Sphinx) -> None:
    """Write the styles when everything else has written its files."""
    app.connect("build-finished", write_style, priority=900)
