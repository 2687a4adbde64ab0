"""List the numerals that are typed into pages: `python tools/typed.py [PAGE.md ...]`.

A result belongs to the code that computes it: typed beside a picture, it drifts. So a numeral in
an alternative text, a caption, a prediction, a solution or a quiz is either computed (the field
of an f-string, a role, an ``{expression}``) or a setting that the author chose. Settings are
declared in the page's front matter, as phrases::

    settings: ["seeds 0, 1 and 2", "10% to 90%", "6,000 steps"]

A phrase excuses its own words, in the chapter and in its quiz, and nothing else; a bare number
("90%") only where it is the whole text, as the option of a question. By themselves these are no
results:

- names: what begins with a letter (GPT-3, OLMo2-7B, top-1), a family and its number (`FAMILIES`:
  Llama 3, OLMo 2), a size glued to its letter (6.7B, 350M), digit arithmetic (3D+);
- years after an author: Wei et al. (2022);
- formulas between dollar signs, code, roles, addresses of links.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import yaml

ROOT = Path(__file__).parent.parent
PAGES = "book/**/*.md"
QUIZ = "emergence_lib/chapters/{}/quiz.yml"
AROUND = 40

TEXTS = frozenset({"alt", "caption", "because", "source", "options"})
ASKS = "predict"
# What a quiz computes or names; everything else in it is read by people.
UNSPOKEN = frozenset({"id", "type", "answer", "tolerance", "unit", "value"})
FAMILIES = "GPT|OLMo|Llama|LLaMA|Qwen|PaLM|Gemma|Phi"

FRONT = re.compile(r"\A---\n(?P<yaml>.*?\n)---\n", re.DOTALL)
CELL = re.compile(
    r"^ {0,3}(?P<fence>`{3,}|~{3,})\{code-cell\}.*\n(?P<body>(?s:.*?))"
    r"(?:^ {0,3}(?P=fence)[`~]*[ \t]*$|\Z)",
    re.MULTILINE,
)
SOLUTION = re.compile(
    r"^(?P<fence>:{3,}|`{3,})\{admonition\} Solution.*\n(?P<body>(?s:.*?))^(?P=fence)[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
ASKED = re.compile(r"\bquizzes\.ask\(\s*[\"'](?P<name>[^\"']+)")
# Options of a cell and commands to IPython, which are no Python.
NOT_PYTHON = re.compile(r"\A---\n(?s:.*?)^---$|^[:%!].*$", re.MULTILINE)

# An escaped sign, a fenced block, a role or code, a formula, a field, a link's address.
UNREAD = re.compile(
    r"\\[$*`\\]"
    r"|^(?P<fence>`{3,}).*?^(?P=fence)"
    r"|(?:\{[\w:-]+\})?(?P<tick>`+)(?!`).+?(?<!`)(?P=tick)(?!`)"
    r"|(?P<math>\${1,2})[^$]+(?P=math)"
    r"|\{[^{}]*\}"
    r"|(?<=\])\([^)\s]*\)",
    re.MULTILINE | re.DOTALL,
)
NAME = re.compile(
    rf"\b(?:{FAMILIES}) \d+(?:\.\d+)?(?![\w%])"
    r"|(?<![\w.,])[A-Za-z][\w.+]*(?:-[\w.+]+)*"
    r"|(?<![\w.,])\d+(?:\.\d+)?[BMk](?!\w)"
    r"|(?<![\w.,])\d+D(?:[+×−-]|(?!\w))"
)
YEAR = re.compile(r"(?:\b[A-Z][\w'’-]+|\bal\.|\bcolleagues),? \(?(?:19|20)\d\d[a-z]?(?!\w)")
NUMERAL = re.compile(
    r"(?:(?<!\w)[−-])?(?:\d+(?:[.,]\d+)*|(?<!\w)\.\d+)(?:e[+−-]?\d+)?"
    r"(?:\^[−-]?\d+|[⁺⁻]?[⁰¹²³⁴-⁹]+)?[½⅓⅔¼¾]?(?: ?%)?|[½⅓⅔¼¾]"
)


class Passage(NamedTuple):
    """A text that people read: where it begins, and how it is written in the file."""

    line: int
    text: str
    written: str


class Typed(NamedTuple):
    """A numeral that nothing computes and nobody declared."""

    line: int
    numeral: str
    context: str


def typed_numerals(chapter: str) -> list[Typed]:
    """List the typed numerals of a chapter that are no declared settings.

    Parameters
    ----------
    chapter : str
        The text of the MyST file.

    Returns
    -------
    list of Typed
        In the order of the file; lines count from 1.

    Raises
    ------
    ValueError
        If a cell is not Python, or the front matter's ``settings`` are not phrases.
    """
    return found(passages(chapter), settings(chapter))


def typed_in_quiz(quiz: str, phrases: Sequence[str] = ()) -> list[Typed]:
    """List the typed numerals of a quiz (YAML) that are none of its chapter's settings."""
    return found(quiz_passages(quiz), phrases)


def unused_settings(chapter: str, quiz: str = "") -> list[str]:
    """List the declared settings that excuse nothing in a chapter or its quiz."""
    phrases = settings(chapter)
    used: set[str] = set()
    for passage in chain(passages(chapter), quiz_passages(quiz)):
        used |= excuse(blank(UNREAD, passage.text), phrases)[1]
    return [phrase for phrase in phrases if phrase not in used]


def settings(chapter: str) -> list[str]:
    """Return the phrases with numerals that the front matter declares as settings.

    Raises
    ------
    ValueError
        If they are no list of texts, or if one holds no numeral that would be listed.
    """
    front = FRONT.match(chapter)
    about = yaml.safe_load(front["yaml"]) if front else None
    declared = about.get("settings", []) if isinstance(about, dict) else []
    if not isinstance(declared, list) or not all(isinstance(each, str) for each in declared):
        raise ValueError(
            f"front matter: settings is {declared!r}; wanted a list of phrases in quotes, such as "
            '["seeds 0, 1 and 2", "6,000 steps"]'
        )
    for phrase in declared:
        if not numerals(phrase):
            raise ValueError(
                f"front matter: the setting {phrase!r} holds no numeral that needs an excuse "
                "(names and years need none); take it out"
            )
    return declared


def passages(chapter: str) -> Iterator[Passage]:
    """Yield the texts of a chapter in which a result must not be typed, in the file's order."""
    places = sorted(chain(CELL.finditer(chapter), SOLUTION.finditer(chapter)), key=re.Match.start)
    for place in places:
        first = chapter.count("\n", 0, place.start("body")) + 1
        if place.re is SOLUTION:
            yield Passage(first, place["body"], place["body"])
        else:
            yield from cell_passages(place["body"], first)


def cell_passages(cell: str, first: int) -> Iterator[Passage]:
    """Yield the texts for readers in the calls of a code cell that begins in a line."""
    cell = blank(NOT_PYTHON, cell)
    try:
        tree = ast.parse(cell)
    except SyntaxError as error:
        line = first + (error.lineno or 1) - 1
        raise ValueError(f"line {line}: the code cell is not Python ({error.msg})") from error
    read = [
        Passage(
            first + node.lineno - 1, constant_part(node), ast.get_source_segment(cell, node) or ""
        )
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        for text in texts(call)
        for node in strings(text)
    ]
    yield from sorted(read, key=lambda passage: passage.line)


def texts(call: ast.Call) -> list[ast.expr]:
    """Return the arguments of a call that people read."""
    named = [keyword.value for keyword in call.keywords if keyword.arg in TEXTS]
    asks = ast.unparse(call.func).rpartition(".")[2] == ASKS
    return call.args[:1] + named if asks else named


def strings(node: ast.AST) -> Iterator[ast.JoinedStr | ast.Constant]:
    """Yield the strings of an expression, f-strings whole."""
    if isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    ):
        yield node
        return
    for child in ast.iter_child_nodes(node):
        yield from strings(child)


def constant_part(node: ast.JoinedStr | ast.Constant) -> str:
    """Return a string with ``{…}`` for what is computed."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    return "".join(map(said, node.values))


def said(part: ast.expr) -> str:
    """Return the words of a part of an f-string; a typed number stays typed in braces."""
    if isinstance(part, ast.Constant):
        return str(part.value)
    value = part.value if isinstance(part, ast.FormattedValue) else part
    return str(value.value) if isinstance(value, ast.Constant) else "{…}"


def quiz_passages(quiz: str) -> Iterator[Passage]:
    """Yield the texts of a quiz that people read."""

    def spoken(node: yaml.Node | None) -> Iterator[yaml.ScalarNode]:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value not in UNSPOKEN:
                    yield from spoken(value)
        elif isinstance(node, yaml.SequenceNode):
            for each in node.value:
                yield from spoken(each)
        elif isinstance(node, yaml.ScalarNode):
            yield node

    for node in spoken(yaml.compose(quiz)):
        written = quiz[node.start_mark.index : node.end_mark.index]
        yield Passage(node.start_mark.line + 1, node.value, written)


def found(passages: Iterable[Passage], phrases: Sequence[str]) -> list[Typed]:
    """List what is typed in some passages and not excused by a phrase."""
    listed: list[Typed] = []
    for first, text, written in passages:
        line = first
        spots = iter(numerals(written, phrases))
        for match in numerals(text, phrases):
            # A numeral that is split between two strings keeps the line of the one before.
            spot = next((spot for spot in spots if spot[0] == match[0]), None)
            line = first + written.count("\n", 0, spot.start()) if spot else line
            context = text[max(0, match.start() - AROUND) : match.end() + AROUND]
            listed.append(Typed(line, match[0], " ".join(context.split())))
    return listed


def numerals(text: str, phrases: Sequence[str] = ()) -> list[re.Match[str]]:
    """Find the numerals of a text outside fields, formulas, code, names, years and phrases."""
    rest, _ = excuse(blank(UNREAD, text), phrases)
    return list(NUMERAL.finditer(blank(NAME, blank(YEAR, rest))))


def excuse(text: str, phrases: Sequence[str]) -> tuple[str, set[str]]:
    """Blank declared phrases, the longest first; return the rest, and the phrases that stood."""
    used: set[str] = set()
    for phrase in sorted(phrases, key=len, reverse=True):
        rest = blank(whole(phrase), text)
        if rest != text:
            used.add(phrase)
        text = rest
    return text, used


def whole(phrase: str) -> re.Pattern[str]:
    """Return what finds a declared phrase: "step 3" not in "step 300", nor "5%" in "2.5%"."""
    words = r"\s+".join(re.escape(word) for word in phrase.split())
    if not re.search(r"[^\W\d_]", phrase):
        return re.compile(rf"\A\s*{words}\s*\Z")
    return re.compile(rf"(?<!\w)(?<!\d[.,]){words}(?!\w|[.,]\d|%)")


def blank(pattern: re.Pattern[str], text: str) -> str:
    """Replace what a pattern finds by spaces, so that places and lines stay."""
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def quiz_of(chapter: str) -> Path | None:
    """Return the file of the quiz that a chapter asks."""
    asked = ASKED.search(chapter)
    return ROOT / QUIZ.format(asked["name"].replace("-", "_")) if asked else None


def complaints(path: Path) -> list[str]:
    """List what is typed in a chapter or its quiz, and settings without use, as FILE:LINE: what."""
    chapter = path.read_text("utf-8")
    source = quiz_of(chapter)
    quiz = source.read_text("utf-8") if source else ""
    lists = [(path, typed_numerals(chapter))]
    if source:
        lists.append((source, typed_in_quiz(quiz, settings(chapter))))
    return [
        f"{file.relative_to(ROOT)}:{each.line}: {each.numeral} in: {each.context}"
        for file, listed in lists
        for each in listed
    ] + [
        f"{path.relative_to(ROOT)}:1: the setting {phrase!r} excuses nothing; take it out"
        for phrase in unused_settings(chapter, quiz)
    ]


def main(names: Sequence[str]) -> int:
    """Print what is typed in some pages, or in all; return 1 if anything is."""
    paths = [Path(name).resolve() for name in names] or sorted(ROOT.glob(PAGES))
    lines = [line for path in paths for line in complaints(path)]
    print("\n".join(lines) or "No numeral is typed where a result would be computed.")
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
