"""The quizzes of the chapters: one ``quiz.yml`` each, checked, computed and shown.

The format is described by ``schema.json``. Numbers are computed when a quiz is loaded: answers may
be expressions over the chapter's ``numbers`` and the rooms below, and ``{expression:format}``
inside a text is replaced by its value.
"""

from __future__ import annotations

import json
import os
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any

from emergence_lib import chapters, compute
from emergence_lib.checked import CheckedFileError, Lines, load_with_lines
from emergence_lib.reader.questions import (
    Near,
    NumberQuestion,
    Option,
    OptionQuestion,
    OrderQuestion,
    Question,
    check_markup,
)
from emergence_lib.reader.quiz import Quiz

__all__ = ["ask", "read"]


def ask(chapter: str) -> Quiz:
    """Return the quiz of a chapter, which a notebook shows.

    Raises
    ------
    ValueError
        If there is no such quiz.
    CheckedFileError
        If its file is wrong; the message names file, line and remedy.
    """
    known = chapters.having("quiz.yml")
    if chapters.name(chapter) not in known:
        raise ValueError(f"no quiz {chapter!r}; wanted one of {', '.join(known) or '(none yet)'}")
    return read(chapters.FOLDER / chapters.name(chapter) / "quiz.yml")


def read(path: str | os.PathLike[str]) -> Quiz:
    """Return the quiz of a file, named as its folder, whose chapter's ``numbers`` it may use.

    Raises
    ------
    CheckedFileError
        If the file is wrong; the message names file, line and remedy.
    """
    content, lines = load_with_lines(path, schema())
    chapter = Path(path).parent.name
    questions = []
    for position, entry in enumerate(content["questions"]):
        try:
            questions.append(_question(entry, chapter))
        except ValueError as error:
            line = _line(lines, position, entry, chapter)
            raise CheckedFileError(f"{path}:{line}: question {entry['id']!r}: {error}") from error
    try:
        title = compute.fill(content["title"], chapter)
        return Quiz(chapter.replace("_", "-"), title, questions)
    except ValueError as error:
        raise CheckedFileError(f"{path}:1: {error}") from error


@cache
def schema() -> dict[str, Any]:
    """Return the JSON schema of a quiz file."""
    text = (files("emergence_lib.quizzes") / "schema.json").read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text)
    return content


def _question(entry: dict[str, Any], chapter: str) -> Question:
    fill, number = partial(compute.fill, chapter=chapter), partial(compute.number, chapter=chapter)
    if entry["type"] == "number":
        return NumberQuestion(
            entry["id"],
            fill(entry["ask"]),
            answer=number(entry["answer"]),
            tolerance=entry["tolerance"],
            unit=entry.get("unit", ""),
            feedback=fill(entry["feedback"]),
            near=[
                Near(number(each["value"]), fill(each["feedback"]))
                for each in entry.get("near", [])
            ],
        )
    if entry["type"] == "order":
        return OrderQuestion(
            entry["id"],
            fill(entry["ask"]),
            items=[fill(item) for item in entry["items"]],
            feedback=fill(entry["feedback"]),
        )
    return OptionQuestion(
        entry["id"],
        fill(entry["ask"]),
        options=[
            Option(
                fill(each["text"]),
                fill(each["feedback"]),
                correct=each.get("correct", False),
            )
            for each in entry["options"]
        ],
        several=entry["type"] == "several",
    )


def _line(lines: Lines, position: int, entry: dict[str, Any], chapter: str) -> int:
    """Return the line of the first part of a question that does not compute, else its own."""
    here = ("questions", position)
    for at, line in lines.items():
        if at[:2] != here or len(at) == 2:
            continue
        part: Any = entry
        for step in at[2:]:
            part = part[step]
        if isinstance(part, str) and not _computes(
            part, chapter, expression=at[-1] in ("answer", "value")
        ):
            return line
    return lines[here]


def _computes(text: str, chapter: str, *, expression: bool) -> bool:
    try:
        if expression:
            compute.number(text, chapter)
        else:
            check_markup(compute.fill(text, chapter))
    except ValueError:
        return False
    return True
