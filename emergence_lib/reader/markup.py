"""The markup of captions and quizzes: emphasis, code and links of Markdown, and ``$formulas$``."""

from __future__ import annotations

import re
from functools import cache
from html import escape

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from math_core import LatexError, LatexToMathML

FORMULA = re.compile(r"\$([^$]+)\$")
STRUCTURE = re.compile(r"[\\^_]")
ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|al|vs|cf|Fig|Eq|approx|no)\.$")
SENTENCE_END = re.compile(r"[.!?][\"')*]*(?=\s)")

_latex = LatexToMathML(fancy_error=False)


@cache
def mathml(tex: str, *, display: bool = False) -> str:
    """Return a TeX formula as MathML, inline or displayed.

    If its text alone would not tell the formula, the TeX goes along for a reader who copies it.

    Raises
    ------
    ValueError
        If the formula is not understood; the message quotes it.
    """
    try:
        formula = _latex.convert_with_local_state(tex, displaystyle=display)
    except LatexError as error:
        raise ValueError(f"formula ${tex}$ is not understood: {error}") from error
    if not STRUCTURE.search(tex):
        return formula
    return formula.replace("<math", f'<math data-em-tex="{escape(tex.strip())}"', 1)


def _read_formula(state: StateInline, silent: bool) -> bool:
    match = FORMULA.match(state.src, state.pos)
    if not match:
        return False
    if not silent:
        state.push("formula", "math", 0).content = match[1]
    state.pos = match.end()
    return True


def _show_formula(renderer: RendererHTML, tokens: list[Token], at: int, *_: object) -> str:
    return mathml(tokens[at].content)


_markdown = MarkdownIt("zero").enable(["escape", "backticks", "emphasis", "link"])
_markdown.inline.ruler.after("escape", "formula", _read_formula)
_markdown.add_render_rule("formula", _show_formula)


def inline(text: str) -> str:
    r"""Return text as HTML; ``\$``, ``\*`` and ``\``` stand for themselves.

    Raises
    ------
    ValueError
        If a formula is not understood; the message quotes it.
    """
    return str(_markdown.renderInline(text))


def first_sentence(text: str) -> tuple[str, str]:
    """Split a text into its first sentence and the rest (which may be empty)."""
    for match in SENTENCE_END.finditer(text):
        sentence = text[: match.end()]
        inside_formula = sentence.count("$") % 2 == 1
        if not inside_formula and not ABBREVIATION.search(sentence):
            return sentence, text[match.end() :].strip()
    return text, ""


def plain(text: str) -> str:
    """Return marked-up text without its marks, for places that hold text alone."""
    (line,) = _markdown.parseInline(text)
    return "".join(part.content for part in line.children or ()).strip()
