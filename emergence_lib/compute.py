"""Evaluating the expressions of claims and quizzes over the library's own science.

This catches slips, not attacks: an expression can call whatever the rooms define and every method
of what they return (a table writes files), so read a claim from a stranger as you would read code.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import math
import re
from collections.abc import Iterator, Mapping
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np

from emergence_lib import chapters

ROOMS = (
    "laws", "curves", "scores", "datasets", "published", "ladders", "fitting", "audit",
    "experiments", "forecasts",
)  # fmt: skip
LIBRARY = __name__.partition(".")[0]
NUMBERS = "numbers"
"""What an expression calls the numbers of its own chapter."""
FUNCTIONS = {
    "abs": abs, "len": len, "log10": math.log10, "max": max, "min": min, "round": round,
    "sum": sum,
}  # fmt: skip
ALLOWED = (
    ast.Expression,
    ast.Name,
    ast.Load,
    ast.Attribute,
    ast.Call,
    ast.keyword,
    ast.Constant,
    ast.List,
    ast.Tuple,
    ast.Dict,
    ast.Subscript,
    ast.Slice,
    ast.BoolOp,
    ast.boolop,
    ast.BinOp,
    ast.operator,
    ast.UnaryOp,
    ast.unaryop,
    ast.Compare,
    ast.cmpop,
)
KNOWN = (NUMBERS, *ROOMS, *FUNCTIONS)
# In a text: an escaped sign, a formula or code (left alone), a doubled brace, or {expression}.
PLACE = re.compile(r"(?P<keep>\\.|\$[^$]*\$|`[^`]*`)|(?P<brace>\{\{|\}\})|\{(?P<field>[^{}]*)\}")


class ExpressionError(ValueError):
    """An expression is not allowed, fails, or gives no finite number."""


def evaluate(expression: str, chapter: str = "") -> Any:
    """Evaluate an expression over the rooms of the library that hold science.

    Only names of `ROOMS`, the chapter's own ``numbers``, attributes, calls, literals, arithmetic,
    comparisons and subscripts are allowed; a room is imported when an expression names it.

    Parameters
    ----------
    expression : str
    chapter : str, optional
        Folder of the chapter whose ``numbers`` the expression may name.

    Raises
    ------
    ExpressionError
        If something else is written, if the evaluation fails, or if the result is or holds NaN
        or infinity. The message quotes the expression.
    """
    tree = _parse(expression)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    rooms = {name: _room(expression, tree, name) for name in names if name in ROOMS}
    if NUMBERS in names:
        rooms[NUMBERS] = _numbers(expression, chapter)
    _refuse_strangers(expression, tree, rooms)
    try:
        value = eval(
            compile(tree, "<expression>", "eval"), {"__builtins__": FUNCTIONS}, dict(rooms)
        )
    except Exception as error:
        raise ExpressionError(
            f"expression {expression!r} fails: {type(error).__name__}: {error}"
        ) from error
    if not _finite(value):
        raise ExpressionError(f"expression {expression!r} is {value!r}; wanted a finite number")
    return value


def checked(expression: str) -> str:
    """Return an expression whose form is allowed, without evaluating it.

    Raises
    ------
    ExpressionError
        As `evaluate` raises for what may not be written.
    """
    _parse(expression)
    return expression.strip()


def number(expression: str | float, chapter: str = "") -> float:
    """Return a number, or the number that an expression of a chapter evaluates to.

    Raises
    ------
    ExpressionError
        If the result is not one finite number.
    """
    value = evaluate(expression, chapter) if isinstance(expression, str) else expression
    try:
        result = float(value)
    except (OverflowError, TypeError, ValueError) as error:
        raise ExpressionError(
            f"expression {expression!r} is a {type(value).__name__}; wanted one number"
        ) from error
    if not math.isfinite(result):  # YAML can write .nan and .inf
        raise ExpressionError(f"expression {expression!r} is {result}; wanted a finite number")
    return result


def holds(expression: str, chapter: str = "") -> bool:
    """Say whether a comparison is true.

    Raises
    ------
    ExpressionError
        As `evaluate` raises; also if the expression is no comparison, or one of its sides is or
        holds NaN or infinity, which would compare in silence.
    """
    value = evaluate(expression, chapter)
    if not isinstance(value, bool | np.bool_):
        raise ExpressionError(
            f"expression {expression!r} is a {type(value).__name__}; wanted a comparison"
        )
    for node in ast.walk(_parse(expression)):
        if isinstance(node, ast.Compare):
            for side in (node.left, *node.comparators):
                evaluate(ast.unparse(side), chapter)
    return bool(value)


def modules(expression: str, chapter: str = "") -> list[str]:
    """Return the names of the modules that an expression imports, and of some that do not exist.

    Raises
    ------
    ExpressionError
        As `evaluate` raises for what may not be written.
    """
    tree = _parse(expression)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    rooms = sorted(names & set(ROOMS))
    inner = [f"{room}.{attribute}" for room in rooms for attribute in _attributes(tree, room)]
    own = [f"chapters.{chapter}.{NUMBERS}"] if NUMBERS in names else []
    return [f"{LIBRARY}.{name}" for name in (*rooms, *sorted(inner), *own)]


def fill(text: str, chapter: str = "") -> str:
    """Put numbers of a chapter into a text: ``{laws.exact_match(0.9, 5):.0%}`` becomes ``59%``.

    Braces inside formulas and code are left alone; elsewhere ``{{`` and ``}}`` stand for
    themselves.

    Raises
    ------
    ExpressionError
        If an expression or its format fails.
    """
    return PLACE.sub(partial(_filled, chapter), text)


def _filled(chapter: str, match: re.Match[str]) -> str:
    if match["keep"] is not None:
        return match["keep"]
    if match["brace"] is not None:
        return match["brace"][0]
    expression, form = split(match["field"])
    value = evaluate(expression, chapter)
    if not isinstance(value, int | float | str | np.number) or value == "":
        raise ExpressionError(
            f"expression {expression!r} is a {type(value).__name__}; wanted a number or words"
        )
    return written(value, expression, form)


def written(value: Any, expression: str, form: str) -> str:
    """Return a value in a format of Python's, or raise ExpressionError that names both."""
    try:
        return format(value, form)
    except (TypeError, ValueError) as error:
        raise ExpressionError(
            f"expression {expression!r} cannot be written as {form!r}: {error}"
        ) from error


def split(field: str) -> tuple[str, str]:
    """Split ``expression:format``; a colon may also stand inside the expression."""
    head, colon, tail = field.rpartition(":")
    if colon and _parses(head):
        return head, tail
    return field, ""


def _parses(expression: str) -> bool:
    try:
        ast.parse(expression.strip(), mode="eval")
    except SyntaxError:
        return False
    return True


def _parse(expression: str) -> ast.Expression:
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError) as error:
        raise ExpressionError(f"expression {expression!r} is not Python: {error}") from error
    for node in ast.walk(tree):
        if not isinstance(node, ALLOWED):
            raise ExpressionError(
                f"expression {expression!r} holds a {type(node).__name__}; wanted only names, "
                "attributes, calls, literals, arithmetic, comparisons, their logic, and subscripts"
            )
        if isinstance(node, ast.Name) and node.id not in KNOWN:
            raise ExpressionError(
                f"expression {expression!r} uses the name {node.id!r}; wanted one of "
                f"{', '.join(KNOWN)}"
            )
        if isinstance(node, ast.Attribute) and node.attr.startswith("_"):
            raise ExpressionError(
                f"expression {expression!r} reaches for the private name {node.attr!r}"
            )
    return tree


def _room(expression: str, tree: ast.Expression, name: str) -> ModuleType:
    """Import a room and those of its modules that the expression names."""
    path = f"emergence_lib.{name}"
    try:
        room = importlib.import_module(path)
        for attribute in _attributes(tree, name):
            if hasattr(room, "__path__") and importlib.util.find_spec(f"{path}.{attribute}"):
                importlib.import_module(f"{path}.{attribute}")
    except ImportError as error:
        raise ExpressionError(f"expression {expression!r} fails: {error}") from error
    return room


def _numbers(expression: str, chapter: str) -> ModuleType:
    try:
        return chapters.module(chapter, NUMBERS)
    except (ImportError, ValueError) as error:
        raise ExpressionError(f"expression {expression!r} fails: {error}") from error


def _refuse_strangers(
    expression: str, tree: ast.Expression, rooms: Mapping[str, ModuleType]
) -> None:
    """Refuse what a room only imports: ``laws.np`` is no science of this library's."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = _resolved(node.value, rooms)
            value = getattr(owner, node.attr, None)
            if isinstance(owner, ModuleType) and not _own(value):
                raise ExpressionError(
                    f"expression {expression!r} reaches for {ast.unparse(node)!r}, which is not "
                    "this library's; wanted what its rooms define"
                )


def _resolved(node: ast.expr, rooms: Mapping[str, ModuleType]) -> Any:
    """Return the module that a chain of names leads to, or None."""
    if isinstance(node, ast.Name):
        return rooms.get(node.id)
    if isinstance(node, ast.Attribute):
        return getattr(_resolved(node.value, rooms), node.attr, None)
    return None


def _own(value: object) -> bool:
    """Say whether a module, function or class is this library's; other objects may come by."""
    if isinstance(value, ModuleType):
        return value.__name__.startswith(LIBRARY)
    home = getattr(value, "__module__", None) if callable(value) else None
    return home is None or home.startswith(LIBRARY)


def _attributes(tree: ast.Expression, name: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == name
        ):
            yield node.attr


def _finite(value: object) -> bool:
    try:
        return bool(np.all(np.isfinite(np.asarray(value, dtype=float))))
    except (OverflowError, TypeError, ValueError):
        return True  # no float: the caller decides
