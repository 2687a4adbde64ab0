"""The claims of a page: its numbers and comparisons, each a line in one block at the page's end.

A line is a name, what is claimed, and how far to trust it::

    ```{claims} rerun
    three-digits: {laws.exact_match(0.9, 3):.0%} in [0.728, 0.730]
    best-of-all: best of all if numbers.missed("loss") < numbers.missed("line") recomputed
    metrics-all: 39 @schaeffer2023emergent
    ```

The first is a number: an expression with its format, and the band in which it must lie. The second
is a comparison: words that may only be said while an expression is true. The third is reported, by
the works whose keys follow. The grade after ``{claims}`` holds for each computed line that names
no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Protocol

from emergence_lib import chapters, compute
from emergence_lib.reader.markup import first_sentence

GRADES = {
    "rerun": "re-run here",
    "recomputed": "recomputed from published data",
    "reported": "reported",
    "disputed": "disputed",
}
BLOCK = re.compile(r"^```\{claims\}[ ]*(?P<grade>\S*)[ ]*\n(?P<lines>.*?)^```[ ]*$", re.M | re.S)
NAME = re.compile(r"(?P<name>[a-z0-9]+(?:-[a-z0-9]+)*):\s+(?P<rest>.*\S)")
TAIL = re.compile(r"\s+(?:@(?P<key>[\w:.+/-]+)|(?P<grade>rerun|recomputed|reported|disputed))$")
NUMBER = re.compile(
    r"(?P<before>[^{}]*)\{(?P<field>.*)\}(?P<after>[^{}]*?)\s+in\s+\[(?P<band>.*)\]"
)
COMPARISON = re.compile(r"(?P<words>[^{}]+?)\s+if\s+(?P<condition>.+)")
PARAGRAPH = re.compile(r"\n\s*\n|\n(?=[-*] |\d+\. )")
FENCE = re.compile(r"[:`~]{3,}(?:\{after\}.*$|(?:\{[\w-]+\})?[ ]*)|:[\w-]+:.*$")
# What a page does not print: its cells and its comments.
UNPRINTED = re.compile(r"^(`{3,})\{code-cell\}.*?^\1`*[ ]*$|^%.*?$", re.M | re.S)
BULLET = re.compile(r"^\s*(?:[-*]|\d+\.|#+)\s+")
REMEDY = (
    "Write 'name: {expression:format} in [low, high]', 'name: words if comparison', or "
    "'name: value @citation-key'; a grade may follow."
)


class ClaimError(ValueError):
    """A claim is malformed or unknown, or what it says has stopped being so."""


class Evaluator(Protocol):
    """What works out expressions of a chapter: the module `compute`, or what keeps its values."""

    def number(self, expression: str, chapter: str) -> float:
        """Return a number."""

    def holds(self, expression: str, chapter: str) -> bool:
        """Say whether a comparison is true."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One number, comparison or reported value of the book.

    Attributes
    ----------
    name : str
        What the text of the page calls it.
    page : str
        The page that makes the claim, as in ``_toc.yml``.
    place : str
        Its file and line, for errors.
    grade : str
        One of `GRADES`.
    cite : tuple of str
        Keys of the bibliography.
    expression : str
        What is computed; empty if the claim is only reported.
    words : str
        What a reported claim or a comparison prints; a number stands in it as ``{}``.
    form : str
        Python's format of a number.
    band : tuple of float or None
        Lowest and highest accepted value of a number; None for other kinds.
    evaluator : Evaluator, optional
        What works out the expression.
    """

    name: str
    page: str
    place: str
    grade: str
    cite: tuple[str, ...] = ()
    expression: str = ""
    words: str = "{}"
    form: str = ""
    band: tuple[float, float] | None = None
    evaluator: Evaluator = compute

    @cached_property
    def value(self) -> float | bool | None:
        """The number or the truth of the comparison, worked out now; None if it is reported.

        Raises
        ------
        ClaimError
            If a number is outside its band, or a comparison is not true.
        """
        if not self.expression:
            return None
        chapter = chapters.name(self.page)
        try:
            if self.band is None:
                return self._held(self.evaluator.holds(self.expression, chapter))
            return self._within(self.evaluator.number(self.expression, chapter))
        except compute.ExpressionError as error:
            raise self._error(str(error)) from error

    def _held(self, holds: bool) -> bool:
        if not holds:
            raise self._error(
                f"{self.words!r} does not hold, {self.expression} is false; mend what moved it, or "
                "the sentence"
            )
        return holds

    def _within(self, value: float) -> float:
        assert self.band is not None
        low, high = self.band
        if not low <= value <= high:
            raise self._error(
                f"{self.expression} is {value:.6g}, outside its band [{low:g}, {high:g}]; mend "
                "what moved it, or the sentence and the band"
            )
        return value

    def _error(self, what: str) -> ClaimError:
        return ClaimError(f"{self.place}: claim {self.name!r}: {what}")

    @property
    def text(self) -> str:
        """What is printed, once it holds."""
        value = self.value
        if self.band is None:
            return self.words
        try:
            written = compute.written(value, self.expression, self.form)
        except compute.ExpressionError as error:
            raise self._error(str(error)) from error
        return self.words.replace("{}", written)

    @property
    def how(self) -> str:
        """How the claim was come by, as Markdown."""
        if not self.expression:
            return "Reported, not recomputed."
        if self.band is None:
            return f"`{self.expression}` must be true."
        return f"`{self.expression}`, accepted from {self.band[0]:g} to {self.band[1]:g}."


def parse(text: str, page: str, file: str = "", evaluator: Evaluator = compute) -> dict[str, Claim]:
    """Return the claims of a page's Markdown; nothing is computed before it is asked for.

    Parameters
    ----------
    text : str
        The whole page.
    page : str
        Its name, as in ``_toc.yml``.
    file : str, optional
        What an error calls it.
    evaluator : Evaluator, optional
        What works out the expressions.

    Raises
    ------
    ClaimError
        If a block or a line is malformed; the message has file, line, what was found and a remedy.
    """
    found: dict[str, Claim] = {}
    for block in BLOCK.finditer(text):
        first = text.count("\n", 0, block.start()) + 1
        grade = block["grade"] or "rerun"
        if grade not in GRADES:
            raise ClaimError(f"{file or page}:{first}: grade {grade!r}; wanted {_grades()}")
        for number, line in enumerate(block["lines"].splitlines(), start=first + 1):
            if not line.strip() or line.startswith("#"):
                continue
            try:
                place = f"{file or page}:{number}"
                claim = replace(_claim(line.strip(), page, place, grade), evaluator=evaluator)
                if claim.name in found:
                    raise ClaimError(f"claim {claim.name!r} stands twice. Remedy: rename one.")
            except ValueError as error:
                raise ClaimError(f"{file or page}:{number}: {error}") from error
            found[claim.name] = claim
    return found


def strip(text: str) -> str:
    """Return a page's Markdown without its claims."""
    return BLOCK.sub("", text)


def _claim(line: str, page: str, place: str, default: str) -> Claim:
    named = NAME.fullmatch(line)
    if not named:
        raise ClaimError(f"{line!r} is no claim. Remedy: {REMEDY}")
    name = named["name"]
    rest, grade, cite = _trust(name, named["rest"])
    claim = partial(Claim, name=name, page=page, place=place, cite=cite)
    if number := NUMBER.fullmatch(rest):
        expression, form = compute.split(number["field"])
        return claim(
            grade=_computed(grade or default),
            expression=compute.checked(expression),
            words=f"{number['before']}{{}}{number['after']}",
            form=form,
            band=_band(number["band"]),
        )
    if comparison := COMPARISON.fullmatch(rest):
        return claim(
            grade=_computed(grade or default),
            expression=compute.checked(comparison["condition"]),
            words=comparison["words"],
        )
    if "{" in rest or "@" in rest or not cite or grade not in ("", "reported", "disputed"):
        raise ClaimError(
            f"claim {name!r} has neither band, comparison nor source. Remedy: {REMEDY}"
        )
    return claim(grade=grade or "reported", words=rest)


def _trust(name: str, rest: str) -> tuple[str, str, tuple[str, ...]]:
    """Split what is claimed from the grade and the citation keys that follow it."""
    grade = ""
    keys: list[str] = []
    while tail := TAIL.search(rest):
        rest = rest[: tail.start()]
        if tail["key"]:
            keys.insert(0, tail["key"])
        elif grade:
            raise ClaimError(f"claim {name!r} has two grades. Remedy: keep one.")
        else:
            grade = tail["grade"]
    return rest, grade, tuple(keys)


def _computed(grade: str) -> str:
    if grade == "reported":
        raise ClaimError(f"a computed claim has the grade 'reported'; wanted {_grades()}")
    return grade


def _grades() -> str:
    return "one of rerun, recomputed, disputed (a value with a citation key is reported)"


def _band(text: str) -> tuple[float, float]:
    try:
        low, high = (float(end) for end in text.split(","))
    except ValueError as error:
        raise ClaimError(f"band [{text}]; wanted [lowest, highest]") from error
    if not low <= high:  # also refuses NaN
        raise ClaimError(f"band [{text}]; wanted the lower end first")
    return low, high


def sentence(text: str, name: str) -> str:
    """Return the sentence of a page's Markdown in which a claim is printed first.

    Of a list item, a box or a table, the sentence or row alone.

    Raises
    ------
    ClaimError
        If the page does not print the claim.
    """
    role = f"{{claim}}`{name}`"
    printed = UNPRINTED.sub("", strip(text))
    block = next((each for each in PARAGRAPH.split(printed) if role in each), "")
    lines = [FENCE.sub("", line) for line in block.splitlines()]
    rows = [line for line in lines if line.startswith("|")]
    if any(role in row for row in rows):
        row = next(row for row in rows if role in row)
        return ", ".join(cell.strip() for cell in row.strip("|").split("|"))
    found, rest = "", " ".join(BULLET.sub("", line) for line in lines).strip()
    while role not in found:
        if not rest:
            raise ClaimError(
                f"claim {name!r} is not printed on its page. Remedy: print it in a sentence, or "
                "delete it."
            )
        found, rest = first_sentence(rest)
    return found


def load(root: Path, pages: Iterable[str], evaluator: Evaluator = compute) -> dict[str, Claim]:
    """Return the claims of some pages of a book, by name.

    Raises
    ------
    ClaimError
        If a page's block is malformed, or two pages use one name.
    """
    found: dict[str, Claim] = {}
    for claim in _all(root, pages, evaluator):
        if claim.name in found:
            other = found[claim.name].page
            raise ClaimError(
                f"{claim.page}.md: claim {claim.name!r} stands in {other}.md, too. Remedy: rename "
                "one; every page can print it."
            )
        found[claim.name] = claim
    return found


def _all(root: Path, pages: Iterable[str], evaluator: Evaluator) -> Iterator[Claim]:
    for page in pages:
        path = Path(root, f"{page}.md")
        yield from parse(path.read_text("utf-8"), page, f"{page}.md", evaluator).values()


def pages(root: Path) -> list[str]:
    """Return the name of every page of the book in a folder, as in ``_toc.yml``."""
    return sorted(
        path.relative_to(root).with_suffix("").as_posix() for path in root.glob("book/**/*.md")
    )


def get(claims: dict[str, Claim], name: str) -> Claim:
    """Return one claim by name.

    Raises
    ------
    ClaimError
        If there is none of that name.
    """
    if name not in claims:
        raise ClaimError(f"no claim {name!r} in the ledger; it has {', '.join(sorted(claims))}")
    return claims[name]
