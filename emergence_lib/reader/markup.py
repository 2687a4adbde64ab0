"""The little markup of captions and quizzes: ``$math$``, ``*emphasis*``, ```code```, links."""

from __future__ import annotations

import re
from functools import cache
from html import escape

from math_core import LatexError, LatexToMathML

TOKEN = re.compile(
    r"\\(?P<literal>[$*`\\])"
    r"|\$(?P<math>[^$]+)\$"
    r"|`(?P<code>[^`]+)`"
    r"|\*(?P<emphasis>[^*\s](?:[^*]*[^*\s])?)\*"
    r"|\[(?P<link>[^\]]+)\]\((?P<address>(?:https?://|#|\.{0,2}/)[^\s)]*)\)"
)
ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|al|vs|cf|Fig|Eq|approx|no)\.$")
SENTENCE_END = re.compile(r"[.!?][\"')*]*(?=\s)")

_latex = LatexToMathML(fancy_error=False)


@cache
def mathml(tex: str, *, display: bool = False) -> str:
    """Return a TeX formula as MathML, inline or displayed.

    Raises
    ------
    ValueError
        If the formula is not understood; the message quotes it.
    """
    try:
        return _latex.convert_with_local_state(tex, displaystyle=display)
    except LatexError as error:
        raise ValueError(f"formula ${tex}$ is not understood: {error}") from error


def inline(text: str) -> str:
    r"""Return one line of text as HTML; ``\$``, ``\*`` and ``\``` stand for themselves."""
    parts: list[str] = []
    end = 0
    for match in TOKEN.finditer(text):
        parts.append(escape(text[end : match.start()], quote=False))
        parts.append(_token(match))
        end = match.end()
    return "".join(parts) + escape(text[end:], quote=False)


def _token(match: re.Match[str]) -> str:
    if match["math"]:
        return mathml(match["math"])
    if match["code"]:
        return f"<code>{escape(match['code'], quote=False)}</code>"
    if match["emphasis"]:
        return f"<em>{inline(match['emphasis'])}</em>"
    if match["link"]:
        return f'<a href="{escape(match["address"])}">{inline(match["link"])}</a>'
    return escape(match["literal"], quote=False)


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
    return TOKEN.sub(
        lambda match: next(part for part in match.groups() if part is not None), text
    ).strip()
