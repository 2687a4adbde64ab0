"""What the command line prints names what can be typed there, and leaves file names alone."""

from __future__ import annotations

import ast
import inspect
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emergence_lib import audit, cli
from emergence_lib.audit import phrases
from emergence_lib.audit.phrases import PHRASES, argument, on_command_line, option, place
from emergence_lib.cli import main
from emergence_lib.cli.audit import chance
from tests.audit.test_workbench import BAD

PACKAGE = Path(audit.__file__).parent
ARGUMENTS = [name for name in inspect.signature(audit.read).parameters if name != "source"]
NEVER_NAMED = {"unit", "losses"}  # arguments of Python that no message speaks of
WRITTEN = re.compile(rf"\b({'|'.join(ARGUMENTS)})=")


@pytest.fixture
def help_text(capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit, match="0"):
        main(["audit", "--help"])
    return capsys.readouterr().out


def test_every_argument_that_a_message_may_name_is_an_option(help_text: str) -> None:
    for name in set(ARGUMENTS) - NEVER_NAMED:
        assert re.search(rf"{option(name)}[ ,\]]", help_text), name


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the parts of a program's texts that are written out, without its docstrings."""
    tree = ast.parse(path.read_text("utf-8"))
    notes = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in notes:
            yield node.lineno, node.value


def places(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the places that are written out where a fault is told."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and node.args:
            called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func
            first = node.args[0]
            if getattr(called, "id", called) in ("fail", "add") and isinstance(first, ast.Constant):
                yield node.lineno, str(first.value)


READERS = sorted((PACKAGE / "reading").glob("*.py"))


@pytest.mark.parametrize("path", READERS, ids=lambda path: path.name)
def test_no_reader_writes_an_argument_of_python_out(path: Path) -> None:
    assert [found for found in texts(path) if WRITTEN.search(found[1])] == []
    assert [found for found in places(path) if found[1] in ARGUMENTS] == []


def test_no_template_does_either() -> None:
    for what, *remedies in PHRASES["fault"].values():
        for text in (what, *remedies):
            assert not WRITTEN.search(re.sub(r"\{\w+=\w*\}", "", text)), text
            for name in re.findall(r"\{(\w+)=", text):
                assert name in ARGUMENTS


@pytest.mark.parametrize("name", [name for name in BAD if "loss" not in name])
def test_what_is_wrong_with_a_table_is_said_in_options(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "scores.csv"
    path.write_text(BAD[name][0], encoding="utf-8")
    assert main(["audit", str(path)]) == 2
    said = capsys.readouterr().err
    assert not WRITTEN.search(said)
    known = {option(each) for each in ARGUMENTS}
    assert set(re.findall(r"(?<=[ (])--[a-z-]+", said)) <= known


FOLDERS: dict[str, tuple[dict[str, Any], list[str], str]] = {
    "no size": ({}, [], "Give --sizes FILE; a CSV file with the columns model,scale will do."),
    "no metric": (
        {"results": {"quiz": {"f1": 0.5}}},
        ["--sizes", "sizes.csv"],
        "Name one of them with --metric.",
    ),
    "a loss": (
        {"results": {"quiz": {"acc": 0.5, "perplexity": 3}}},
        ["--sizes", "sizes.csv", "--metric", "acc", "--other", "perplexity"],
        "'perplexity' is a loss, and verdicts are on shares from 0 to 1. Remedy: Leave out "
        "--other: losses have reports of their own.",
    ),
    "another size": ({"model_name": "x"}, ["--sizes", "sizes.csv"], "--sizes lacks the model 'x'"),
    "no task": ({}, ["--sizes", "sizes.csv", "--task", "quizz"], "--task: no task 'quizz'."),
    "no task of that chance": (
        {},
        ["--sizes", "sizes.csv", "--chance", "quizz=0.5"],
        "--chance: there is no task 'quizz'. Remedy: Is 'quiz' meant.",
    ),
    "chance of 25": (
        {},
        ["--sizes", "sizes.csv", "--chance-for-all", "25"],
        "--chance-for-all: found 25.0, want a fraction from 0 to below 1",
    ),
    "no metric that falls": (
        {},
        ["--sizes", "sizes.csv", "--lower-is-better", "ac"],
        "--lower-is-better: no metric 'ac'; found 'acc'. Remedy: Is 'acc' meant.",
    ),
}


@pytest.mark.parametrize("name", FOLDERS)
def test_what_is_wrong_with_a_folder_is_said_in_options(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    changes, options, said = FOLDERS[name]
    monkeypatch.chdir(tmp_path)
    # The way to the files looks like an argument, and stays as it is.
    folder = Path("runs by=seed metric=acc")
    folder.mkdir()
    for model in ("one", "two"):
        scores = {"quiz": {"acc": 0.5, "acc_stderr": 0.05}}
        content = {"results": scores, "model_name": model, **(changes if model == "two" else {})}
        content |= {key: value for key, value in changes.items() if key == "results"}
        (folder / f"run of {model}.json").write_text(json.dumps(content))
    Path("sizes.csv").write_text("model,params\none,1e8\ntwo,1e9\n")
    assert main(["audit", str(folder), *options]) == 2
    found = capsys.readouterr().err
    assert said in found
    assert not WRITTEN.search(found.replace(str(folder), ""))
    assert f"{folder}" in found or said.startswith("--")


def test_repeats_are_pooled_by_an_option(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "by=seed.csv"
    path.write_text("scale,score,n\n1,.1,9\n1,.2,9\n2,.3,9\n")
    assert main(["audit", str(path)]) == 2
    said = capsys.readouterr().err
    assert "add up counts with --repeats pool" in said
    assert f"{path}, row 3" in said


def test_notes_on_a_curve_speak_of_options_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choice = {"output_type": "multiple_choice", "doc_to_choice": "{{choices}}"}
    for size in (1, 2):
        content: dict[str, Any] = {"results": {"my quiz": {"acc": 0.5, "acc_stderr": 0.05}}}
        content |= {"configs": {"my quiz": choice}, "config": {"model_num_parameters": size}}
        (tmp_path / f"{size}.json").write_text(json.dumps(content))
    curves: list[audit.Curve] = []

    def audit_many(read: list[audit.Curve], **_: object) -> list[audit.Report]:
        curves.extend(read)
        return []

    monkeypatch.setattr(audit, "audit_many", audit_many)
    assert main(["audit", str(tmp_path)]) == 0
    (note,) = curves[0].notes
    assert note.endswith("how many choices there are; for four, give --chance 'my quiz=0.25'.")


def test_python_speaks_of_arguments_again_afterwards(tmp_path: Path) -> None:
    missing = str(tmp_path / "none.csv")
    assert main(["audit", missing]) == 2
    assert place("tasks") == "tasks"
    assert argument("sizes", {"a b": ...}) == "sizes={'a b': ...}"
    assert argument("by", ["n_shot", "seed"]) == "by=['n_shot', 'seed']"
    assert argument("chance", {"quiz": 0.25}) == "chance={'quiz': 0.25}"
    assert argument("repeats", "pool") == "repeats='pool'"
    assert argument("tasks") == "tasks="


def test_options_are_written_as_they_are_typed() -> None:
    with on_command_line():
        assert place("lower_is_better") == "--lower-is-better"
        assert argument("sizes", {"a b": ...}) == "--sizes FILE"
        assert argument("by", ["n_shot", "seed"]) == "--by n_shot --by seed"
        assert argument("tasks", ["my task"]) == "--task 'my task'"
        assert argument("chance", {"quiz": 0.25}) == "--chance quiz=0.25"
        assert argument("metric") == "--metric"
        what, remedy = phrases.fault("no_noise", curve="metric=", role="by=")
    assert what.startswith("metric=: neither items nor a standard error above 0 behind the by=")
    assert remedy.endswith("or pass --items")


@given(st.text(), st.floats(0, 0.99))
def test_a_chance_that_is_proposed_can_be_typed(task: str, number: float) -> None:
    with on_command_line():
        name, typed = shlex.split(argument("chance", {task: number}))
    assert (name, chance(typed)) == ("--chance", (task, number))


@pytest.mark.parametrize("typed", ["x", "quiz=", "quiz", "=", "quiz=a", "0.5=quiz"])
def test_a_chance_that_is_no_number_is_refused(
    typed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["audit", "scores.csv", "--chance", typed])
    said = capsys.readouterr().err
    assert f"argument --chance: found '{typed}', want a number, 0.25, or a task" in said


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["0.25", "0.5"], "--chance: found two numbers without a task, want one\n"),
        (["quiz=0.25", "quiz=0.25"], "--chance: found two numbers for 'quiz', want one\n"),
    ],
)
def test_a_chance_is_said_once(
    typed: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [part for each in typed for part in ("--chance", each)]
    assert main(["audit", "scores.csv", *command]) == 2
    assert capsys.readouterr().err == said


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ([], {"chance": None, "chance_for_all": None, "lower_is_better": None, "by": ()}),
        (["--chance", "0.25"], {"chance": {None: 0.25}}),
        (["--chance", "0.25", "--chance", "a=b=0.5"], {"chance": {None: 0.25, "a=b": 0.5}}),
        (["--chance-for-all", "0"], {"chance_for_all": 0.0}),
        (["--lower-is-better", "all"], {"lower_is_better": True}),
        (["--lower-is-better", "none"], {"lower_is_better": False}),
        (["--lower-is-better", "x", "--lower-is-better", "y"], {"lower_is_better": ["x", "y"]}),
        (["--by", "seed", "--by", "n_shot"], {"by": ["seed", "n_shot"]}),
    ],
)
def test_options_become_arguments(
    typed: list[str], taken: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    found: dict[str, Any] = {}
    monkeypatch.setattr(audit, "read", lambda source, **arguments: found.update(arguments) or [])
    monkeypatch.setattr(audit, "audit_many", lambda curves, **_: curves)
    assert cli.main(["audit", "scores.csv", *typed]) == 0
    assert {name: found[name] for name in taken} == taken
