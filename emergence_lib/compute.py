"""Evaluating the expressions of claims and quizzes over the library's own science.

An expression looks like data, so it reaches no further than its reader expects: what the rooms
define, the data in what they return, and of tables and arrays what `READING` lists. It reaches no
module but the library's, nothing private, no function that returns nothing (those write), no method
of the library's own objects; and its arithmetic alone makes no endless number, text or list.

It is no sandbox. What an expression calls runs with all rights, as long and with as much memory as
it likes, and some functions read the files they are told to. A chapter's ``numbers`` is code: read
a stranger's chapter before you build it.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import math
import re
from collections.abc import Callable, Collection, Iterator
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
KNOWN = (NUMBERS, *ROOMS, *FUNCTIONS)
READING = (
    "T", "abs", "all", "any", "argmax", "argmin", "between", "columns", "count", "cumsum",
    "diff", "drop", "dropna", "endswith", "eval", "groupby", "head", "idxmax", "idxmin", "iloc",
    "index", "isin", "isna", "item", "loc", "max", "mean", "median", "min", "notna", "nunique",
    "quantile", "query", "reset_index", "set_index", "shape", "size", "sort_values",
    "startswith", "std", "str", "sum", "tail", "to_list", "tolist", "unique", "value_counts",
    "values", "var",
)  # fmt: skip
"""What may be taken of a value that is not the library's, such as a table or an array."""
QUESTIONS = ("query", "eval")
"""Methods of tables whose text is itself an expression, over the table's columns."""
LONGEST = 4096
"""Bits of the longest whole number that a power may give."""
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
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.Div,
    ast.FloorDiv,
    ast.Mod,
    ast.Pow,
    ast.BitAnd,
    ast.BitOr,
    ast.UnaryOp,
    ast.unaryop,
    ast.Compare,
    ast.cmpop,
)
# In a text: an escaped sign, a formula or code (left alone), a doubled brace, or {expression}.
PLACE = re.compile(r"(?P<keep>\\.|\$[^$]*\$|`[^`]*`)|(?P<brace>\{\{|\}\})|\{(?P<field>[^{}]*)\}")
LONG_FORM = re.compile(r"\d{4}")


class ExpressionError(ValueError):
    """An expression is not allowed, fails, or gives no finite number."""


class Guarded(ast.NodeTransformer):
    """Puts a call of one of `GUARDS` where an attribute, a product, a power or a rest stands."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Take the attribute when its owner is known."""
        return self._call("Attribute", node, node.value, ast.Constant(node.attr))

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """Combine two values when both are known."""
        name = type(node.op).__name__
        if name in GUARDS:
            return self._call(name, node, node.left, node.right)
        return self.generic_visit(node)

    def _call(self, name: str, node: ast.expr, *given: ast.expr) -> ast.AST:
        parts = [self.visit(each) for each in given]
        return ast.copy_location(ast.Call(ast.Name(name, ast.Load()), parts, []), node)


def evaluate(expression: str, chapter: str = "") -> Any:
    """Evaluate an expression over the rooms of the library that hold science.

    Only names of `ROOMS`, the chapter's own ``numbers``, `FUNCTIONS`, attributes, calls, literals,
    arithmetic, comparisons and subscripts are allowed; a room is imported when an expression names
    it. The head of this module says how far attributes go, and what is not promised.

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
    try:
        rooms = {name: _room(tree, name, chapter) for name in names - FUNCTIONS.keys()}
        code = compile(ast.fix_missing_locations(Guarded().visit(tree)), "<expression>", "eval")
        value = eval(code, {"__builtins__": FUNCTIONS | GUARDS}, rooms)
    except ExpressionError as error:
        raise ExpressionError(f"expression {expression!r}: {error}") from error
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
        if LONG_FORM.search(form):
            raise ValueError("a width or precision has three digits at most")
        text = format(value, form)
        return text if isinstance(value, str) else re.sub("^-", "\N{MINUS SIGN}", text)
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
        _tree(expression)
    except ExpressionError:
        return False
    return True


def _tree(expression: str) -> ast.Expression:
    try:
        return ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        what = str(error) or "it is nested too deep"
        raise ExpressionError(f"expression {expression!r} is not Python: {what}") from error


def _parse(expression: str, known: Collection[str] = KNOWN) -> ast.Expression:
    """Return the tree of an expression whose form is allowed and whose names are known, if any."""
    tree = _tree(expression)
    for node in ast.walk(tree):
        if not isinstance(node, ALLOWED):
            raise ExpressionError(
                f"expression {expression!r} holds a {type(node).__name__}; wanted only names, "
                "attributes, calls, literals, arithmetic, comparisons, their logic, and subscripts"
            )
        if isinstance(node, ast.Name) and known and node.id not in known:
            raise ExpressionError(
                f"expression {expression!r} uses the name {node.id!r}; wanted one of "
                f"{', '.join(known)}"
            )
        if isinstance(node, ast.Attribute) and node.attr.startswith("_"):
            raise ExpressionError(
                f"expression {expression!r} reaches for the private name {node.attr!r}"
            )
        if isinstance(node, ast.keyword) and node.arg in (None, "inplace", "out"):
            raise ExpressionError(
                f"expression {expression!r} has the argument {node.arg or '**'}; wanted arguments "
                "by name that change nothing"
            )
    return tree


def _room(tree: ast.Expression, name: str, chapter: str) -> ModuleType:
    """Import a room and those of its modules that the expression names."""
    if name == NUMBERS:
        return chapters.module(chapter, NUMBERS)
    path = f"{LIBRARY}.{name}"
    room = importlib.import_module(path)
    for attribute in _attributes(tree, name):
        if hasattr(room, "__path__") and importlib.util.find_spec(f"{path}.{attribute}"):
            importlib.import_module(f"{path}.{attribute}")
    return room


def _attributes(tree: ast.Expression, name: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == name
        ):
            yield node.attr


def _attribute(owner: Any, name: str) -> Any:
    """Return an attribute that an expression may take, or raise ExpressionError."""
    if isinstance(owner, ModuleType):
        value = getattr(owner, name)
        if isinstance(value, ModuleType) or callable(value):
            if not _own(value):
                raise ExpressionError(
                    f"{name!r} of {owner.__name__} is not this library's; wanted what its rooms "
                    "define"
                )
            if getattr(value, "__annotations__", {}).get("return", "") in (None, "None"):
                raise ExpressionError(
                    f"{name!r} of {owner.__name__} returns nothing; wanted a value"
                )
        return value
    if _own(type(owner)):
        value = getattr(owner, name)
        if not callable(value):
            return value
    elif name in READING:
        value = getattr(owner, name)
        return (lambda text: value(_columns(text))) if name in QUESTIONS else value
    raise ExpressionError(
        f"{name!r} of a {type(owner).__name__} is out of reach; wanted data, or a function in the "
        f"chapter's {NUMBERS} that returns it"
    )


def _own(value: object) -> bool:
    """Say whether a module, function or class is this library's."""
    home = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", "")
    return str(home).startswith(f"{LIBRARY}.")


def _columns(text: str) -> str:
    """Return a question to a table, whose names are columns, or raise ExpressionError.

    pandas evaluates it out of sight of `GUARDS`.
    """
    for node in ast.walk(_parse(text, known=())):
        if isinstance(node, ast.Attribute) and node.attr not in set(READING) - set(QUESTIONS):
            raise ExpressionError(f"{text!r} takes {node.attr!r}; wanted columns")
        if isinstance(node, ast.Pow):
            raise ExpressionError(f"{text!r} has a power; wanted it outside of the text")
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            for leaf in ast.walk(node):
                _refuse_texts("*", leaf.value if isinstance(leaf, ast.Constant) else 0)
    return text


def _power(base: Any, exponent: Any) -> Any:
    whole = isinstance(base, int) and isinstance(exponent, int)
    if whole and base.bit_length() * exponent > LONGEST:
        raise ExpressionError(f"a power has more than {LONGEST} bits; wanted floats, as in 10.0**2")
    return base**exponent


def _product(left: Any, right: Any) -> Any:
    _refuse_texts("*", left, right)
    return left * right


def _rest(left: Any, right: Any) -> Any:
    _refuse_texts("%", left)
    return left % right


def _refuse_texts(sign: str, *sides: object) -> None:
    for side in sides:
        if isinstance(side, str | bytes | list | tuple):
            raise ExpressionError(f"{sign} has a {type(side).__name__} beside it; wanted numbers")


def _round(value: Any, digits: int | None = None) -> Any:
    if digits is not None and abs(digits) > LONGEST:
        raise ExpressionError(f"round to {digits} digits; wanted {LONGEST} at most")
    return round(value, digits)


GUARDS: dict[str, Callable[..., Any]] = {
    "Attribute": _attribute, "Mult": _product, "Pow": _power, "Mod": _rest, "round": _round,
}  # fmt: skip
"""What is called for a node of that name, and for a function that needs a bound."""


def _finite(value: object) -> bool:
    try:
        return bool(np.all(np.isfinite(np.asarray(value, dtype=float))))
    except (OverflowError, TypeError, ValueError):
        return True  # no float: the caller decides
