"""The command line, run as a person would and from inside."""

import errno
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emergence_lib import chapters, cli
from emergence_lib.cli import figure
from emergence_lib.experiments import addition, store, sweep

SMALL = [
    part for each in ("widths=4", "lengths=1", "steps=2", "items=20") for part in ("--set", each)
]
TINY = addition.Config(widths=(4,), lengths=(1, 5), steps=2, items=20)


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "emergence_lib", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Store results elsewhere, of an experiment that takes no time."""
    monkeypatch.setattr(store, "FOLDER", tmp_path)
    monkeypatch.setattr(store, "variants", lambda name: {"": TINY})
    monkeypatch.setattr(cli, "processes", partial(ThreadPoolExecutor, 1))
    return tmp_path


def test_help_lists_the_commands() -> None:
    shown = command("--help")
    assert shown.returncode == 0
    assert "results" in shown.stdout
    assert "figure" in shown.stdout


def test_no_command_is_misuse() -> None:
    refused = command()
    assert refused.returncode == 2
    assert refused.stderr.startswith("usage: python -m emergence_lib")
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "known"),
    [
        (("results", "alchemy"), "addition"),
        (("figure", "mirage.unicorn"), "mirage.exact_match_ladder"),
        (("figure", "unicorn"), "mirage.exact_match_ladder"),
        (("figure", "..mirage"), "mirage.exact_match_ladder"),
        (("figure", "mirage.found"), "mirage.exact_match_ladder"),
    ],
)
def test_unknown_names_list_the_known_ones(
    arguments: tuple[str, ...], known: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert repr(arguments[1]) in said.err
    assert known in said.err


def rows(said: str) -> dict[str, str]:
    """Return what a recomputation says of each run."""
    return {line[:36].strip(): line[50:].strip() for line in said.splitlines()[1:]}


def test_results_says_what_is_new_and_what_changed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["results", "addition"]) == 0
    said = rows(capsys.readouterr().out)
    assert said == {f"addition seed {seed}": "new" for seed in store.SEEDS}

    changed = addition.Result.load(store.path("addition", 1))
    changed.brier[:] += 0.5
    changed.save(store.path("addition", 1))
    assert cli.main(["results", "addition"]) == 0
    said = rows(capsys.readouterr().out)
    assert [said[f"addition seed {seed}"] for seed in store.SEEDS] == ["0", "0.5", "0"]
    assert np.all(addition.Result.load(store.path("addition", 1)).brier < changed.brier)


def test_results_replaces_what_it_cannot_compare(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store.path("addition", 0).write_text("not a result")
    assert cli.main(["results", "addition"]) == 0
    assert "replaces" in rows(capsys.readouterr().out)["addition seed 0"]
    assert addition.Result.load(store.path("addition", 0)).config == TINY


def test_an_interruption_keeps_what_is_finished(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run: Any = addition.run

    def impatient(config: addition.Config, seed: int) -> addition.Result:
        if seed == 1:
            raise KeyboardInterrupt
        return run(config, seed)

    monkeypatch.setattr(addition, "run", impatient)
    assert cli.main(["results", "addition"]) == 130
    assert "addition-0.npz" in [path.name for path in folder.iterdir()]
    assert "interrupted" in capsys.readouterr().err


def test_two_real_processes_give_the_same_as_one(tmp_path: Path) -> None:
    with cli.processes() as executor:
        jobs = [sweep.Job("addition", TINY, seed) for seed in (0, 1)]
        results = dict(sweep.run_many(jobs, executor))
    for job in jobs:
        assert results[job].difference(addition.run(TINY, job.seed)) == 0


def test_run_writes_a_result_and_says_so_in_five_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = ["widths=4", "lengths=1,5", "steps=2", "items=20"]
    given = [part for setting in settings for part in ("--set", setting)]
    assert cli.main(["run", "addition", "--seed", "7", *given]) == 0
    assert addition.Result.load(Path("addition-7.npz")).config == TINY
    assert len(capsys.readouterr().out.splitlines()) == 5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["alchemy"], "no experiment 'alchemy'; there is: addition"),
        (["addition", "--set", "width=8"], "found 'width=8', want key=value with one of"),
        (["addition", "--set", "steps"], "found 'steps', want key=value"),
        (["addition", "--set", "steps=many"], "--set steps: found 'many', want a whole number"),
        (["addition", "--set", "widths=8,x"], "--set widths: found 'x', want a whole number"),
        (["addition", "--set", "steps=0"], "steps: found 0, want whole numbers of at least 1"),
        (["naming_game", "--set", "limit=9"], "naming_game: limit: found 9 talks, want more"),
        (["addition", "--seed", "-1"], "seed: found -1, want 0 or more"),
        (["addition", "-o", "nowhere/x.npz"], "there is no folder nowhere"),
        (["addition", "-o", ""], "-o: found the folder ., want a file name"),
        (["addition", "-o", ".."], "-o: found the folder .."),
        (["addition", "-o", os.devnull], "which is no regular file"),
        (["addition", "-o", "scores.csv"], "want a name that ends in .npz"),
        (["addition", "-o", "a\0.npz"], "a\\x00.npz cannot be written (embedded null byte)"),
        (["addition", "-o", f"{'a' * 300}.npz"], os.strerror(errno.ENAMETOOLONG)),
        (["addition", "-o", "no\x1b[2J/a.npz"], "there is no folder no\\x1b[2J"),
        (["al\x1b[2Jchemy"], "no experiment 'al\\x1b[2Jchemy'"),
        (["addition", "--set", f"steps={'x' * 100_000}"], "--set steps: found 'xxx"),
        (["percolation", "--set", "sizes=100000000"], "not enough memory (Unable to allocate"),
        (["addition", "--set", f"widths=1{'0' * 18}"], "addition: "),
        (["addition", "--set", f"steps=1{'0' * 19}"], "addition: a setting is too large"),
    ],
)
def test_what_cannot_be_run_is_said_in_one_line(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["run", *arguments]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert message in said[0]
    assert said[0].isprintable()
    assert len(said[0]) < 1000
    assert list(tmp_path.iterdir()) == []


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (["run", "addition", *SMALL, "-o", "out.npz"], "out.npz"),
        (["figure", "workbench.limit", "-o", "out.svg"], "out.svg"),
        (["figure", "workbench.limit", "-o", "out.png"], "out.png"),
        (["results", "addition"], "addition-0.npz"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_what_cannot_be_written_in_the_end_leaves_the_older_file(
    arguments: list[str],
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_text("older")
    monkeypatch.setattr(os, "replace", full)
    assert cli.main(arguments) == 2
    said = capsys.readouterr().err
    assert said.endswith(f"{name} was not written ({os.strerror(errno.ENOSPC)})\n")
    assert said.count("\n") == 1
    assert Path(name).read_text() == "older"
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_results_are_not_recomputed_where_they_cannot_be_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(store, "FOLDER", folder / "nowhere")
    monkeypatch.setattr(addition, "run", lambda *_, **__: pytest.fail("computed in vain"))
    assert cli.main(["results", "addition"]) == 2
    assert "there is no folder" in capsys.readouterr().err


def test_figure_is_drawn_the_same_each_time(tmp_path: Path) -> None:
    files = [tmp_path / "one.svg", tmp_path / "two.svg"]
    drawn = command("figure", "mirage.exact_match_ladder", "-o", str(files[0]))
    assert drawn.returncode == 0, drawn.stderr
    assert drawn.stdout.strip() == str(files[0])
    assert cli.main(["figure", "mirage.exact_match_ladder", "-o", str(files[1])]) == 0
    assert files[0].read_bytes() == files[1].read_bytes()
    assert "5 digits" in files[0].read_text()


def test_panels_and_scenes_are_drawn_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["figure", "mirage.digit_accuracy", "-o", str(tmp_path / "d.png")]) == 0
    assert cli.main(["figure", "mirage.power", "-o", str(tmp_path / "p.svg")]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["d-1.png", "d-2.png", "p.svg"]
    assert (tmp_path / "d-1.png").read_bytes().startswith(b"\x89PNG")


def test_default_file_is_named_after_the_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["figure", "mirage.strictness"]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["mirage.strictness.svg"]


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("ladder.tiff", "ends in .svg or .png"),
        ("nowhere/ladder.svg", "no folder nowhere"),
        ("", "found the folder ."),
        (os.devnull, "which is no regular file"),
    ],
)
def test_bad_output_is_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    output: str,
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["figure", "mirage.strictness", "-o", output]) == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_every_figure_can_be_listed() -> None:
    illustrated = chapters.having("pictures.py")
    names = {f"{chapter}.{name}" for chapter in illustrated for name in figure.drawings(chapter)}
    assert {"mirage.exact_match_ladder", "mirage.two_forecasts", "mirage.power"} <= names
