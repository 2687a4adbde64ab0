"""The quizzes of the chapters: one YAML file each, checked, computed and shown.

The format is described by ``schema.json``. Numbers are computed when a quiz is loaded: answers may
be expressions, and ``{expression:format}`` inside a text is replaced by its value.
"""

from __future__ import annotations

import json
import os
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from emergence_lib import compute
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

__all__ = ["ask", "load", "names", "read"]


def names() -> list[str]:
    """Return the name of every quiz, in alphabetical order."""
    here = files("emergence_lib.quizzes").iterdir()
    return sorted(each.name.removesuffix(".yml") for each in here if each.name.endswith(".yml"))


def ask(name: str) -> Quiz:
    """Return a quiz for display, by the name of its file."""
    return load(name)


def load(name: str) -> Quiz:
    """Return a quiz by the name of its file.

    Raises
    ------
    ValueError
        If there is no such quiz.
    CheckedFileError
        If its file is wrong; the message names file, line and remedy.
    """
    if name not in names():
        raise ValueError(f"no quiz {name!r}; wanted one of {', '.join(names()) or '(none yet)'}")
    with as_file(files("emergence_lib.quizzes") / f"{name}.yml") as path:
        return read(path)


def read(path: str | os.PathLike[str]) -> Quiz:
    """Return the quiz of a file; its name is the file's.

    Raises
    ------
    CheckedFileError
        If the file is wrong; the message names file, line and remedy.
    """
    content, lines = load_with_lines(path, schema())
    questions = []
    for position, entry in enumerate(content["questions"]):
        try:
            questions.append(_question(entry))
        except ValueError as error:
            line = _line(lines, position, entry)
            raise CheckedFileError(f"{path}:{line}: question {entry['id']!r}: {error}") from error
    try:
        return Quiz(Path(path).stem, compute.fill(content["title"]), questions)
    except ValueError as error:
        raise CheckedFileError(f"{path}:1: {error}") from error


@cache
def schema() -> dict[str, Any]:
    """Return the JSON schema of a quiz file."""
    text = (files("emergence_lib.quizzes") / "schema.json").read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text)
    return content


def _question(entry: dict[str, Any]) -> Question:
    if entry["type"] == "number":
        return NumberQuestion(
            entry["id"],
            compute.fill(entry["ask"]),
            answer=compute.number(entry["answer"]),
            tolerance=entry["tolerance"],
            unit=entry.get("unit", ""),
            feedback=compute.fill(entry["feedback"]),
            near=[
                Near(compute.number(each["value"]), compute.fill(each["feedback"]))
                for each in entry.get("near", [])
            ],
        )
    if entry["type"] == "order":
        return OrderQuestion(
            entry["id"],
            compute.fill(entry["ask"]),
            items=[compute.fill(item) for item in entry["items"]],
            feedback=compute.fill(entry["feedback"]),
        )
    return OptionQuestion(
        entry["id"],
        compute.fill(entry["ask"]),
        options=[
            Option(
                compute.fill(each["text"]),
                compute.fill(each["feedback"]),
                correct=each.get("correct", False),
            )
            for each in entry["options"]
        ],
        several=entry["type"] == "several",
    )


def _line(lines: Lines, position: int, entry: dict[str, Any]) -> int:
    """Return the line of the first part of a question that does not compute, else its own."""
    here = ("questions", position)
    for at, line in lines.items():
        if at[:2] != here or len(at) == 2:
            continue
        part: Any = entry
        for step in at[2:]:
            part = part[step]
        if isinstance(part, str) and not _computes(part, expression=at[-1] in ("answer", "value")):
            return line
    return lines[here]


def _computes(text: str, *, expression: bool) -> bool:
    try:
        if expression:
            compute.number(text)
        else:
            check_markup(compute.fill(text))
    except ValueError:
        return False
    return True
