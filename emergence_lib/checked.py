"""YAML files checked against a JSON schema; every complaint names file, line and remedy."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.composer import MaxDepthExceededError
from ruamel.yaml.constructor import ConstructorError, RoundTripConstructor, SafeConstructor
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import Node
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.scanner import RoundTripScanner, ScannerError

Key = str | int
Lines = dict[tuple[Key, ...], int]

TYPE_NAMES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "nothing",
    "number": "a number",
    "object": "keys with values",
    "string": "text (in quotes, if YAML takes it for something else)",
}


QUOTE = "Remedy: if it is text, put it in quotes"
LOOK = "Remedy: look at indentation, colons and quotes on this line and the one before"
DEEPEST = 50
TOO_DEEP = (
    f"parts are nested more than {DEEPEST} deep. Remedy: close what is open; an alias (*name) must "
    "not stand within what it names (&name)"
)
SURROGATE = re.compile("[\ud800-\udfff]")
HALF = "the text holds half a character (U+D800 to U+DFFF). Remedy: write the character itself"
LARGEST = 100_000
TOO_LARGE = (
    f"there are more than {LARGEST:,} parts. Remedy: split the file; an alias (*name) counts as "
    "all that it names"
)


class CheckedFileError(ValueError):
    """A data file is broken or does not follow its schema."""


class Scanner(RoundTripScanner):
    """Splits a text, and says on which line it cannot."""

    def fetch_more_tokens(self) -> Any:
        """Look at what comes next."""
        try:
            return super().fetch_more_tokens()
        except (OverflowError, ValueError) as error:  # such as a character beyond the last
            mark = self.reader.get_mark()
            raise ScannerError(problem=str(error), problem_mark=mark) from error


class Constructor(RoundTripConstructor):
    """Builds parts that know their lines, and says on which line one cannot be built."""

    def construct_object(self, node: Node, deep: bool = False) -> Any:
        """Return the value of a node."""
        if node in self.recursive_objects:
            raise ConstructorError(problem=TOO_DEEP, problem_mark=node.start_mark)
        try:
            value = super().construct_object(node, deep)
            if isinstance(value, int):
                float(value)  # a longer one is no number to whoever computes with it
            return value
        except (ArithmeticError, LookupError, ValueError) as error:  # such as a 13th month
            what = f"{node.value!s:.40} has no value: {error}. {QUOTE}"
            raise ConstructorError(problem=what, problem_mark=node.start_mark) from error

    def check_mapping_key(
        self, node: Node, key_node: Node, mapping: CommentedMap, key: Any, value: Any
    ) -> bool:
        """Refuse a repeated key."""
        del node, value
        if key in mapping:
            what = f"{key} is given twice, first on line {mapping.lc.key(key)[0] + 1}"
            mark = key_node.start_mark
            raise ConstructorError(problem=f"{what}. Remedy: keep one of them", problem_mark=mark)
        return True


# Numbers as Python has them, without their spelling; and no tags but those of plain values.
for kind in ("bool", "float", "int"):
    tag = f"tag:yaml.org,2002:{kind}"
    Constructor.add_constructor(tag, SafeConstructor.yaml_constructors[tag])
for kind in ("binary", "omap", "pairs", "set"):
    Constructor.add_constructor(f"tag:yaml.org,2002:{kind}", SafeConstructor.construct_undefined)
Constructor.add_constructor(None, SafeConstructor.construct_undefined)


def load_yaml(path: str | os.PathLike[str], schema: Mapping[str, Any]) -> Any:
    """Return the content of a YAML file that follows a schema.

    Parameters
    ----------
    path : path
        The file.
    schema : mapping
        A JSON schema (2020-12). The ``description`` of a part is printed as the remedy when that
        part is wrong.

    Raises
    ------
    CheckedFileError
        If the file is missing, is not YAML, repeats a key, or does not follow the schema; the
        message has one line, ``FILE:LINE: what is wrong. Remedy: ...``, for each fault.
    """
    return load_with_lines(path, schema)[0]


def load_with_lines(path: str | os.PathLike[str], schema: Mapping[str, Any]) -> tuple[Any, Lines]:
    """Return the content and the line of every part, by its path of keys and list positions."""
    content, lines = _parse(Path(path))
    faults = sorted(
        (line, text)
        for error in Draft202012Validator(schema).iter_errors(content)
        for line, text in _faults(error, lines, schema)
    )
    if faults:
        raise CheckedFileError("\n".join(f"{path}:{line}: {text}" for line, text in faults))
    return content, lines


def _parse(path: Path) -> tuple[Any, Lines]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise CheckedFileError(f"{path}:1: cannot be read ({error})") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise CheckedFileError(
            f"{path}:{line}: not UTF-8 ({error.reason}). Remedy: save the file in this encoding"
        ) from error
    yaml = YAML()  # version 1.2, in which 1e-3 is a number, and yes, no and on are words
    yaml.Scanner, yaml.Constructor = Scanner, Constructor
    yaml.max_depth = DEEPEST
    yaml.composer.warn_double_anchors = False
    try:
        content = yaml.load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join(part for part in (error.problem, error.context) if part)
        if isinstance(error, MaxDepthExceededError):
            what = TOO_DEEP
        if "Remedy" not in what:
            what = f"not YAML: {what}. {LOOK}"
        raise CheckedFileError(f"{path}:{mark.line + 1 if mark else 1}: {what}") from error
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise CheckedFileError(
            f"{path}:{line}: not YAML: it holds the character U+{error.character:04X}. "
            "Remedy: delete it, or write it as an escape in double quotes"
        ) from error
    if content is None:
        raise CheckedFileError(f"{path}:1: the file is empty")
    lines: Lines = {}
    return _plain(content, (), lines, path=path, line=1), lines


def _plain(part: Any, at: tuple[Key, ...], lines: Lines, *, path: Path, line: int) -> Any:
    """Return a part as lists and dicts without memory of their file; note its lines."""
    if len(at) > DEEPEST:
        raise CheckedFileError(f"{path}:{line}: {TOO_DEEP}")
    if len(lines) > LARGEST:
        raise CheckedFileError(f"{path}:{lines[at[:1]]}: {TOO_LARGE}")
    lines[at] = line
    if isinstance(part, str):
        if SURROGATE.search(part):
            raise CheckedFileError(f"{path}:{line}: {HALF}")
        return str(part)
    if not isinstance(part, (CommentedMap, CommentedSeq)):
        return part
    places: dict[Key, list[int]] = part.lc.data or {}
    steps = part.items() if isinstance(part, CommentedMap) else enumerate(part)
    plain = {}
    for step, value in steps:
        # What a merge ("<<") brings has no place of its own.
        below = places[step][0] + 1 if step in places else line
        if isinstance(part, CommentedMap) and not isinstance(step, str):
            raise CheckedFileError(f"{path}:{below}: the key {step} is no text. {QUOTE}")
        plain[step] = _plain(value, (*at, step), lines, path=path, line=below)
    return plain if isinstance(part, CommentedMap) else list(plain.values())


def _faults(
    error: ValidationError, lines: Lines, schema: Mapping[str, Any]
) -> Iterator[tuple[int, str]]:
    """Yield line and sentence for one fault that the validator found."""
    at = tuple(error.absolute_path)
    rule: Any = error.validator_value
    part: Any = error.schema
    instance: Any = error.instance
    subject = _dotted(at) or "the file"
    if "propertyNames" in error.absolute_schema_path:
        subject = f"a key of {subject}"
    found = _short(error.instance)
    if error.validator == "additionalProperties" and isinstance(instance, dict):
        known = sorted(part.get("properties", {}))
        for key in instance:
            if key not in known:
                yield (
                    lines.get((*at, key), 1),
                    f"{subject} has the unknown key {key!r}; wanted {', '.join(known)}.",
                )
        return
    if error.validator == "required":
        missing = [key for key in rule if key not in instance]
        text = f"{subject} lacks {', '.join(missing)}"
    elif error.validator == "enum":
        text = f"{subject} is {found}; wanted one of {', '.join(map(str, rule))}"
    elif error.validator == "type":
        names = [rule] if isinstance(rule, str) else rule
        text = f"{subject} is {found}; wanted {' or '.join(TYPE_NAMES[name] for name in names)}"
    elif error.validator == "pattern":
        text = f"{subject} is {found}; wanted the pattern {rule}"
    elif error.validator in ("oneOf", "anyOf") and error.context:
        text = f"{subject} fits none of its forms ({_nearest(error)})"
    else:
        text = f"{subject}: {error.message:.300}"
    at_line = _innermost(lines, at, error)
    remedy = _remedy(error, schema)
    yield at_line, text + (f". Remedy: {remedy}" if remedy else ".")


def _innermost(lines: Lines, at: tuple[Key, ...], error: ValidationError) -> int:
    if "propertyNames" in error.absolute_schema_path and isinstance(error.instance, str):
        return lines.get((*at, error.instance), lines.get(at, 1))
    return lines.get(at, 1)


def _nearest(error: ValidationError) -> str:
    """Join what each form lacks; a form is one alternative of the schema."""
    per_form: dict[int, str] = {}
    for inner in error.context or ():
        form = int(inner.relative_schema_path[0])
        per_form.setdefault(form, inner.message[:120])
    return "; or ".join(dict.fromkeys(per_form.values()))


def _remedy(error: ValidationError, schema: Mapping[str, Any]) -> str:
    """Return the innermost description on the way to the rule that was broken."""
    remedy = ""
    part: Any = schema
    for step in ("", *error.absolute_schema_path):
        if step != "":
            part = part[step]
        if isinstance(part, Mapping) and "$ref" in part:
            # The path of an error does not mention references; what stands beside one goes first.
            part = _referred(schema, part["$ref"]) | dict(part)
        if isinstance(part, Mapping) and isinstance(part.get("description"), str):
            remedy = part["description"]
    return remedy


def _referred(schema: Mapping[str, Any], reference: str) -> dict[str, Any]:
    """Follow a reference within the schema, such as ``#/$defs/option``."""
    part: Any = schema
    for step in reference.removeprefix("#/").split("/"):
        part = part[step]
    return dict(part)


def _dotted(at: tuple[Key, ...]) -> str:
    return "".join(
        f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in at
    ).removeprefix(".")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
