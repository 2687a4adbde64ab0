"""A wrong data file is refused with its file, its line and a way to mend it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from emergence_lib.checked import CheckedFileError, load_with_lines, load_yaml

SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "One entry for each model.",
    "propertyNames": {"pattern": "^[a-z-]+$", "description": "Lower case."},
    "additionalProperties": {
        "type": "object",
        "description": "Give a size and a grade.",
        "required": ["size", "grade"],
        "additionalProperties": False,
        "properties": {
            "size": {"type": "number", "description": "Parameters, as a count."},
            "grade": {"enum": ["rerun", "reported"], "description": "How it is known."},
            "notes": {"type": "array", "items": {"type": "string"}},
        },
    },
}
ANYTHING: dict[str, Any] = {}


def written(folder: Path, text: str) -> Path:
    path = folder / "models.yml"
    path.write_text(text, encoding="utf-8")
    return path


def complaint(folder: Path, text: str) -> str:
    with pytest.raises(CheckedFileError) as raised:
        load_yaml(written(folder, text), SCHEMA)
    return str(raised.value).replace(f"{folder}/", "")


def test_good_file_is_returned(tmp_path: Path) -> None:
    path = written(tmp_path, "gpt:\n  size: 1.75e11\n  grade: reported\n")
    assert load_yaml(path, SCHEMA) == {"gpt": {"size": 1.75e11, "grade": "reported"}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "gpt:\n  size: 1\n  grade: certain\n",
            "models.yml:3: gpt.grade is 'certain'; wanted one of rerun, reported. "
            "Remedy: How it is known.",
        ),
        (
            "gpt:\n  size: big\n  grade: rerun\n",
            "models.yml:2: gpt.size is 'big'; wanted a number. Remedy: Parameters, as a count.",
        ),
        (
            "# a comment\n\ngpt:\n  size: 1\n",
            "models.yml:3: gpt lacks grade. Remedy: Give a size and a grade.",
        ),
        (
            "gpt:\n  size: 1\n  grade: rerun\n  color: red\n",
            "models.yml:4: gpt has the unknown key 'color'; wanted grade, notes, size.",
        ),
        (
            "gpt:\n  size: 1\n  grade: rerun\n  notes:\n    - fine\n    - 3\n",
            "models.yml:6: gpt.notes[2] is 3; wanted text",
        ),
        (
            "GPT:\n  size: 1\n  grade: rerun\n",
            "models.yml:1: a key of the file is 'GPT'; wanted the pattern ^[a-z-]+$. "
            "Remedy: Lower case.",
        ),
        (
            "gpt:\n  size: 1\n  grade: rerun\n  size: 2\n",
            "models.yml:4: size is given twice, first on line 2. Remedy: keep one of them",
        ),
        ("gpt:\n  size: 1\n  grade: [rerun\n", "models.yml:4: not YAML: "),
        ("gpt:\n  size: 1\n grade: rerun\n", "models.yml:3: not YAML: "),
        ("", "models.yml:1: the file is empty"),
        ("- 1\n", "models.yml:1: the file is [1]; wanted keys with values."),
    ],
)
def test_fault_names_line_and_remedy(tmp_path: Path, text: str, said: str) -> None:
    assert complaint(tmp_path, text).startswith(said)


CHAIN = "".join(f"a{n}: &{n} [*{n - 1}]\n" for n in range(1, 200))
LAUGHS = "".join(f"a{n}: &{n} [{', '.join([f'*{n - 1}'] * 9)}]\n" for n in range(1, 12))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "a: 1\nb: 2020-99-99\n",
            ":2: 2020-99-99 has no value: month must be in 1..12. Remedy: if",
        ),
        ("a: 1\nb: " + "1" * 5000, ":2: 1{40} has no value: .*4300 digits.* Remedy: if it is text"),
        ("a: 1\nb: \0\n", r":2: not YAML: it holds the character U\+0000. Remedy: delete it"),
        ("a: 1\nb: &x [*x]\n", ":2: parts are nested .* Remedy: close what is open; an alias"),
        ("a: 1\nb: &x\n  c: *x\n", ":2: parts are nested .* Remedy: close what is open; an alias"),
        ("a: 1\nb: &x\n- *x\n", ":2: parts are nested .* Remedy: close what is open; an alias"),
        ("a: &a\n  <<: *a\n", ":1: parts are nested .* Remedy: close what is open; an alias"),
        ("[" * 500, ":1: parts are nested more than 50 deep. Remedy: close what is open"),
        ("a: 1\nb: " + "[" * 99 + "]" * 99, ":2: parts are nested more than 50 deep. Remedy: clo"),
        ("\n".join(" " * n + "a:" for n in range(99)), ":50: parts are nested more than 50 deep"),
        ("a: &0 [1]\n" + CHAIN, ":1: parts are nested more than 50 deep. Remedy: close what is"),
        ("a: &0 [x, y, z, x, y, z]\n" + LAUGHS, ":6: there are more than 100,000 parts. Remedy: "),
        ("a: 1\nb: 0x" + "f" * 5000, ":2: 0xf{38} has no value: .* Remedy: if it is text"),
        ("a: 1\nb: !!bool x", ":2: x has no value: 'x'. Remedy: if it is text"),
        ("a: 1\nb: !!set {x}", ":2: not YAML: .*:set'. Remedy: "),
        ("a: 1\nb: !!binary eA==", ":2: not YAML: .*:binary'. Remedy: "),
        ('a: 1\nb: "\\Uffffffff"', ":2: not YAML: .*too large.* Remedy: "),
        ('a: 1\nb: "\\U00110000"', ":2: not YAML: .*0x110000.* Remedy: "),
        ('a: 1\nb: "\\ud800"', ":2: the text holds half a character .* Remedy: write"),
        ("a: 1\n1: 2", ":2: the key 1 is no text. Remedy: if it is text, put it in quotes"),
        ("a: 1\n? [1, 2]\n: 2", r":2: the key \(1, 2\) is no text. Remedy: "),
        ("a: 1\n? \n: 2", ":2: the key None is no text. Remedy: "),
        ("a: 1\n{b: 1, b: 2}: 3", ":2: "),
        ("a:\n\t- 1", ":2: not YAML: .* Remedy: look at indentation"),
        ("%YAML 1." + "9" * 5000 + "\n---\na: 1", ":1: not YAML: .* Remedy: "),
        ("# nothing\n", ":1: the file is empty"),
        ("a: 1\n---\nb: 2\n", ":2: not YAML: .*document"),
        ("a: 1\nb: !!python/object/apply:os.abort []\n", ":2: not YAML: .*os.abort'. Remedy: "),
    ],
)
def test_odd_yaml_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(CheckedFileError, match=r"models\.yml" + said):
        load_yaml(written(tmp_path, text), ANYTHING)


def test_what_is_read_remembers_nothing_of_the_file(tmp_path: Path) -> None:
    """A copy of a part can be changed; the parser's own types break when a merge is undone."""
    text = "a: &a {x: 0x10, y: 1_0.5}\nb:\n  <<: *a\n  z: |\n    text\n"
    content, lines = load_with_lines(written(tmp_path, text), ANYTHING)
    assert content["b"] == {"z": "text\n", "x": 16, "y": 10.5}
    assert {type(part) for part in content["b"].values()} == {str, int, float}
    assert type(content["b"]) is dict
    assert lines["b", "z"] == 4


def test_every_fault_is_named_in_order(tmp_path: Path) -> None:
    said = complaint(tmp_path, "b:\n  size: x\n  grade: rerun\na:\n  size: 1\n  grade: x\n")
    assert [line.split(":")[1] for line in said.splitlines()] == ["2", "6"]


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-32"])
def test_another_encoding_is_named(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "models.yml"
    path.write_bytes("a: é\n".encode(encoding))
    with pytest.raises(CheckedFileError, match=r"models\.yml:1: not UTF-8 .* Remedy: save"):
        load_yaml(path, ANYTHING)


def test_the_line_of_a_wrong_byte_is_named(tmp_path: Path) -> None:
    path = tmp_path / "models.yml"
    path.write_bytes(b"a: 1\nb: \xe9\n")
    with pytest.raises(CheckedFileError, match=r"models\.yml:2: not UTF-8"):
        load_yaml(path, ANYTHING)


def test_a_name_given_twice_to_parts_is_no_trouble(tmp_path: Path) -> None:
    path = written(tmp_path, "a: &x 1\nb: &x 2\nc: *x\n")
    assert load_yaml(path, ANYTHING) == {"a": 1, "b": 2, "c": 2}


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(CheckedFileError, match=r"absent\.yml:1: cannot be read"):
        load_yaml(tmp_path / "absent.yml", SCHEMA)


def test_yes_and_no_are_words(tmp_path: Path) -> None:
    """YAML 1.1 would make the answer "No" of a quiz the value false."""
    path = written(tmp_path, "- No\n- yes\n- on\n- true\n- 1e-3\n")
    assert load_yaml(path, ANYTHING) == ["No", "yes", "on", True, 1e-3]


def test_lines_are_those_of_the_parts(tmp_path: Path) -> None:
    _, lines = load_with_lines(written(tmp_path, "a:\n  - x\n  - b: 1\n"), ANYTHING)
    assert lines["a", 0] == 2
    assert lines["a", 1, "b"] == 3


PLAIN = st.recursive(
    st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text("ab é:#-'\"\n"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text("abc", min_size=1), PLAIN, min_size=1, max_size=4))
def test_reads_what_yaml_writes(tmp_path_factory: pytest.TempPathFactory, content: object) -> None:
    path = written(tmp_path_factory.mktemp("yaml"), yaml.safe_dump(content, allow_unicode=True))
    assert load_yaml(path, ANYTHING) == content
