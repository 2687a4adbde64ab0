"""The audit command, as a person at a terminal meets it."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from emergence_lib import audit
from emergence_lib.audit import words
from emergence_lib.audit.phrases import escaped
from emergence_lib.cli import main
from emergence_lib.cli.audit import HELP
from tests.hostile import HOSTILE

EXAMPLE = "\n".join(re.findall(r"^    (\S+,.*)$", HELP, re.MULTILINE)) + "\n"


@pytest.fixture
def scores(tmp_path: Path) -> Path:
    path = tmp_path / "scores.csv"
    path.write_text(EXAMPLE)
    return path


def test_the_example_of_the_help_text_can_be_audited(
    scores: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", str(scores)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("addition: ")
    assert "half of the rise is done at 2.66 billion parameters" in said


def test_json_can_be_read_back(scores: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", str(scores), "--format", "json", "--length", "5"]) == 0
    (report,) = json.loads(capsys.readouterr().out)
    assert report["curve"]["items"] == [500.0] * 6
    assert report["metric"]["name"] == "one of 5 tokens"
    assert report["width"]["low"] < report["width"]["high"]


def test_markdown_has_a_heading_a_curve(scores: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = scores.read_text()
    scores.write_text(table + table.partition("\n")[2].replace("addition", "division"))
    assert main(["audit", str(scores), "--format", "markdown"]) == 0
    assert re.findall(r"^## (.*)$", capsys.readouterr().out, re.MULTILINE) == [
        "addition",
        "division",
    ]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what takes most of the time of an audit."""
    whole = audit.audit_many
    monkeypatch.setattr(audit, "audit_many", lambda *a, **b: whole(*a, **(b | {"thorough": False})))


KINDS = {
    "steep": (0, 0.002, 0.01, 0.6, 0.99, 1),
    "gentle": (0.2, 0.3, 0.4, 0.5, 0.6, 0.7),
    "level": (0.5, 0.5, 0.5, 0.5, 0.5, 0.5),
    "vague": (0, 0, 0, 0, 0, 0.05),
}
"""Scores of 4,000 items at six sizes, half a decade apart."""


@pytest.fixture
def kinds(tmp_path: Path) -> list[str]:
    """Write curves of every kind, and return the arguments that audit them."""
    rows = [
        f"{name},{10 ** (8 + at / 2)},{score},4000"
        for name in ("vague", "level", "gentle", "steep")
        for at, score in enumerate(KINDS[name])
    ]
    path = tmp_path / "kinds.csv"
    path.write_text("\n".join(["task,params,score,n_items", *rows]) + "\n")
    return ["audit", str(path), "--chance", "0"]


def column(table: str) -> list[str]:
    """Return the first column of a table of text, below its head."""
    return [line.split()[0] for line in table.splitlines()[4:]]


@pytest.mark.usefixtures("quick")
def test_several_curves_begin_with_one_table_by_verdict(
    kinds: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*kinds, "--brief"]) == 0
    table = capsys.readouterr().out
    assert table.startswith("4 curves: 1 sharp in the one metric given, 1 smooth, 1 flat, 1 unde")
    assert column(table) == ["steep", "gentle", "level", "vague"]
    assert main(kinds) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"{table}\nsteep: sharp in the one metric given\n=====")
    headings = re.findall(r"^(\w+): .*\n===", said, re.MULTILINE)
    assert headings == ["steep", "gentle", "level", "vague"]


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_curves_of_other_verdicts_are_left_out_and_counted(
    kinds: list[str], form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [*kinds, "--brief", "--format", form]
    assert main([*command, "--only-verdict", "sharp", "--only-verdict", "flat"]) == 0
    said = capsys.readouterr().out
    assert [name for name in KINDS if name in said] == ["steep", "level"]
    if form != "json":
        assert "4 curves: " in said
        assert " Shown here: 2 (sharp, flat).\n" in said
    assert main([*command, "--only-verdict", "smooth", "--report", "no/page.html"]) == 2


def test_the_table_alone_counts_what_the_reports_would_note(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "percent.csv"
    path.write_text("Size,quiz (%),n,lr\n400M,10,90,3\n1B,30,90,2\n7B,80,90,1\n")
    assert main(["audit", str(path), "--brief"]) == 0
    assert capsys.readouterr().out.endswith("which stand in the reports without --brief: 4.\n")


@pytest.mark.parametrize("brief", [[], ["--brief"]])
def test_a_verdict_that_no_curve_has_leaves_the_count(
    scores: Path, capsys: pytest.CaptureFixture[str], brief: list[str]
) -> None:
    assert main(["audit", str(scores), *brief, "--only-verdict", "flat"]) == 0
    assert capsys.readouterr().out == "1 curve: 1 undecided. Shown here: 0 (flat).\n"


@pytest.mark.usefixtures("quick")
def test_the_table_in_json_keeps_numbers(
    kinds: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*kinds, "--format", "json"]) == 0
    whole = json.loads(capsys.readouterr().out)
    assert main([*kinds, "--format", "json", "--brief"]) == 0
    brief = json.loads(capsys.readouterr().out)
    assert [each["name"] for each in brief] == [each["curve"]["name"] for each in whole]
    for row, report in zip(brief, whole, strict=True):
        for name in ("verdict", "obstacle", "width", "threshold", "sentence"):
            assert row[name] == report[name]
    assert isinstance(brief[0]["threshold"]["best"], float)


def test_the_page_stands_alone(scores: Path, tmp_path: Path) -> None:
    page = tmp_path / "out.html"
    assert main(["audit", str(scores), "--report", str(page)]) == 0
    soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
    assert soup.find("script") is None
    assert not soup.select("[src], [href]:not([href^='#'])")
    picture = soup.select_one("svg")
    assert picture is not None
    assert "rise" in str(picture["aria-label"])
    assert "var(--em-blue" in page.read_text("utf-8")


def test_the_name_of_the_page_is_no_part_of_the_json(
    scores: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "out.html"
    assert main(["audit", str(scores), "--format", "json", "--report", str(page)]) == 0
    said = capsys.readouterr()
    assert len(json.loads(said.out)) == 1
    assert said.err == f"{page}\n"


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda text: text.replace("0.204", "20.4"), "scores.csv, row 4"),
        (lambda text: text.replace("score", "scor"), "scor"),
        (lambda text: text.replace("3.5e8", "-3.5e8"), "row 3"),
        (lambda text: "", "empty"),
    ],
)
def test_a_bad_file_is_one_clear_message_and_exit_code_2(
    scores: Path, capsys: pytest.CaptureFixture[str], change: object, found: str
) -> None:
    scores.write_text(change(scores.read_text()))  # type: ignore[operator]
    assert main(["audit", str(scores)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert found in shown.err
    assert "Traceback" not in shown.err


def test_an_unset_variable_is_not_the_working_folder(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["audit", ""])
    assert "source: found an empty name, want that of a file" in capsys.readouterr().err


def test_a_report_cannot_go_into_a_folder_that_is_not_there(
    scores: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", str(scores), "--report", "/nowhere/at/all.html"]) == 2
    assert "no folder /nowhere/at" in capsys.readouterr().err


def test_a_folder_of_evaluation_results_is_read_with_the_sizes_beside_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "results"
    folder.mkdir()
    sizes = ["model,params"]
    for number, score in enumerate([0.26, 0.27, 0.35, 0.55, 0.70, 0.78]):
        model = f"model-{number}"
        error = (score * (1 - score) / 999) ** 0.5
        result = {"results": {"arc": {"acc,none": score, "acc_stderr,none": error}}}
        (folder / f"{model}.json").write_text(json.dumps({**result, "model_name": model}))
        sizes.append(f"{model},{10 ** (8 + number / 2)}")
    (tmp_path / "sizes.csv").write_text("\n".join(sizes) + "\n")
    command = ["audit", str(folder), "--sizes", str(tmp_path / "sizes.csv")]
    note = "Nobody said the chance level"
    assert main(command) == 0
    assert note in capsys.readouterr().out
    assert main([*command, "--chance", "0.25"]) == 0
    said = capsys.readouterr().out
    assert "arc" in said
    assert note not in said


def test_a_report_cannot_take_the_place_of_a_folder(
    scores: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", str(scores), "--report", str(scores.parent)]) == 2
    assert "--report: found the folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("--sharp", value) for value in ("-1", "x", "nan", "inf")),
        *(("--ceiling", value) for value in ("0", "x", "nan", "1.5")),
        *(("--seed", value) for value in ("-1", "x", "0.5")),
    ],
)
def test_a_wrong_limit_is_refused_before_anything_is_read(
    scores: Path, capsys: pytest.CaptureFixture[str], option: str, value: str
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["audit", str(scores), f"{option}={value}"])
    assert f"argument {option}: found '{value}', want a" in capsys.readouterr().err


def test_a_ceiling_has_to_lie_above_chance(
    scores: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", str(scores), "--chance", "0.5", "--ceiling", "0.4"]) == 2
    assert ": ceiling: found 0.4, want it above chance, 0.5. Remedy:" in capsys.readouterr().err


NAMES = [f"a{mark}b" for mark in HOSTILE.values()]


def results_folder(path: Path, names: Sequence[str], metric: str) -> list[str]:
    """Write evaluation results by two metrics, and return the arguments that audit them."""
    path.mkdir()
    for number, score in enumerate([0.02, 0.1, 0.5, 0.9]):
        scores = {"em": score, "em_stderr": 0.03, metric: score, f"{metric}_stderr": 0.02}
        content = {"results": dict.fromkeys(names, scores)}
        content["config"] = {"model_num_parameters": 10**number}
        (path / f"{number}.json").write_text(json.dumps(content))
    return ["audit", str(path), "--other", metric]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_a_name_steers_no_terminal_and_forges_no_line(
    form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = results_folder(tmp_path / "plain", [*map(str, range(len(NAMES)))], "acc_")
    hostile = results_folder(tmp_path / "hostile", NAMES, "acc_\x1b[2J\x85")
    said = []
    for command in (plain, hostile):
        assert main([*command, "--format", form, "--chance", "0"]) == 0
        said.append(capsys.readouterr().out.split("\n"))
    assert len(said[1]) == len(said[0])
    assert all(map(str.isprintable, said[1]))
    found, titles = "\n".join(said[1]), [f"{name} (em)" for name in NAMES]
    if form == "json":
        assert [each["curve"]["name"] for each in json.loads(found)] == titles
    else:
        written = words.markdown if form == "markdown" else str
        assert [each for each in titles if written(escaped(each)) not in found] == []
        assert found.count(written(r"By acc_\x1b[2J\x85 it takes")) == len(NAMES)


@pytest.mark.usefixtures("quick")
def test_a_page_takes_names_that_no_picture_could(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.html"
    kinds = ("clear the screen", "line end", "right to left", "half a character", "no character")
    names = [f"a{HOSTILE[kind]}b" for kind in kinds]
    command = results_folder(tmp_path / "hostile", names, "acc_\x1b[2J\x85")
    assert main([*command, "--report", str(page)]) == 0
    assert capsys.readouterr().err == ""
    text = page.read_text("utf-8")
    assert all(map(str.isprintable, text.split("\n")))
    headings = [each.get_text() for each in BeautifulSoup(text, "html.parser").select("h2")]
    assert headings == [f"{escaped(name)} (em)" for name in names]


def test_a_column_steers_no_terminal_either(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, page = tmp_path / "wide.csv", tmp_path / "r.html"
    path.write_text("a\x1b[2J$\\frac$,b\x1b[31m$\\frac$,n\n1,.1,9\n10,.2,9\n100,.5,9\n1000,.9,9\n")
    command = ["audit", str(path), "--scale", "a\x1b[2J$\\frac$", "--report", str(page)]
    assert main([*command, "--chance", "0"]) == 0
    found = capsys.readouterr().out
    assert "\x1b" not in found
    assert "b\\x1b[31m$\\frac$: " in found
    assert " a\\x1b[2j$\\frac$ " in found
    assert "\x1b" not in page.read_text("utf-8")


@pytest.mark.parametrize("name", HOSTILE)
def test_what_was_typed_steers_no_terminal(
    name: str, scores: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = f"a{HOSTILE[name]}b"
    for command in (
        [typed],
        [str(scores), typed],
        [str(scores), "--only", typed],
        [str(scores), "--without", typed],
        [str(scores), "--report", f"{typed}.html/x.html"],
        [str(scores), "--report", f"{typed}.txt"],
        [str(scores), "--sizes", typed],
        [str(scores), "--task", typed],
        [str(scores), "--scale", typed],
    ):
        assert main(["audit", *command]) == 2
        (line,) = capsys.readouterr().err.removesuffix("\n").split("\n")
        assert line.isprintable()
    for command in ([str(scores), "--format", typed], [str(scores), "--repeats", typed]):
        with pytest.raises(SystemExit, match="2"):
            main(["audit", *command])
        assert all(map(str.isprintable, capsys.readouterr().err.split("\n")))


def test_a_terminal_need_not_know_every_letter(tmp_path: Path) -> None:
    path = tmp_path / "größe.csv"
    path.write_text(EXAMPLE.replace("addition", "Größe ½ 数"), encoding="utf-8")
    said = subprocess.run(
        [sys.executable, "-m", "emergence_lib", "audit", str(path), "--report", "größe.html"],
        capture_output=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        check=True,
    )
    assert said.stdout.startswith(b"Gr\\xf6\\xdfe \\xbd \\u6570: ")
    assert said.stdout.endswith(b"gr\\xf6\\xdfe.html\n")
    assert said.stderr == b""


def no_audit(*_: object, **__: object) -> None:
    pytest.fail("the target is looked at before the audit")


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be read or audited."""
    monkeypatch.setattr(audit, "read", no_audit)
    monkeypatch.setattr(audit, "audit_many", no_audit)


@pytest.mark.usefixtures("idle")
@pytest.mark.parametrize("how", ["itself", "another spelling", "link", "hard link"])
def test_what_is_read_is_not_replaced(
    scores: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    source, target = scores.rename(tmp_path / "scores.html"), tmp_path / "page.html"
    if how == "itself":
        target = source
    elif how == "another spelling":
        target = tmp_path / ".." / tmp_path.name / source.name
    elif how == "link":
        target.symlink_to(source)
    else:
        os.link(source, target)
    other = tmp_path / "other.csv"
    other.write_text("other")
    folder = tmp_path / "results"
    (folder / "run").mkdir(parents=True)
    os.link(source, folder / "run" / "result.json")
    for command in ([source], [folder], [other, "--sizes", source]):
        assert main(["audit", *map(str, command), "--report", str(target)]) == 2
        assert "which this command reads" in capsys.readouterr().err
        assert source.read_text() == EXAMPLE


@pytest.mark.usefixtures("idle")
@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("scores.csv", "which this command reads"),
        ("other.csv", "want a name that ends in .html or .htm"),
        ("", "found the folder ."),
        (".", "found the folder ."),
        ("folder.html", "found the folder folder.html"),
        ("no/page.html", "there is no folder no"),
        ("scores.csv/page.html", "there is no folder scores.csv"),
        ("a\0b.html", "a\\x00b.html cannot be written (embedded null byte)"),
        ("a\ud800.html", "surrogates not allowed"),
        (f"{'a' * 300}.html", f"({os.strerror(errno.ENAMETOOLONG)})"),
        pytest.param(
            "loop.html",
            "cannot be written (",
            marks=pytest.mark.skipif(sys.version_info >= (3, 13), reason="the file ends the loop"),
        ),
        ("device.html", "which is no regular file"),
    ],
)
def test_a_page_that_cannot_be_written_is_refused_before_the_audit(
    scores: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    target: str,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder.html").mkdir()
    Path("loop.html").symlink_to("loop.html")
    Path("device.html").symlink_to(os.devnull)
    Path("other.csv").write_text("other")
    before = sorted(tmp_path.iterdir())
    assert main(["audit", "scores.csv", "--report", target]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("--report: ")
    assert said in line
    assert sorted(tmp_path.iterdir()) == before
    assert scores.read_text() == EXAMPLE
    assert Path("other.csv").read_text() == "other"


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("step", ["os.replace", "cli.page.page"])
def test_a_page_that_fails_leaves_the_older_one(
    scores: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    step: str,
) -> None:
    page = tmp_path / "page.html"
    page.write_text("the older page")
    monkeypatch.setattr(step if step.startswith("os.") else f"emergence_lib.{step}", full)
    assert main(["audit", str(scores), "--report", str(page)]) == 2
    found = capsys.readouterr()
    assert found.out.startswith("addition: ")
    assert found.err == f"--report: {page} was not written ({os.strerror(errno.ENOSPC)})\n"
    assert page.read_text() == "the older page"
    assert sorted(tmp_path.iterdir()) == [page, scores]


class Refusing(io.StringIO):
    """Standard output on a full disk, or into a pipe that nobody reads any more."""

    def __init__(self, error: int) -> None:
        super().__init__()
        self.error = error

    def write(self, text: str) -> int:
        """Refuse."""
        raise OSError(self.error, os.strerror(self.error))


@pytest.mark.parametrize(("error", "lines"), [(errno.ENOSPC, 1), (errno.EPIPE, 0)])
def test_output_that_nobody_takes_is_no_traceback(
    scores: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: int,
    lines: int,
) -> None:
    monkeypatch.setattr(sys, "stdout", Refusing(error))
    assert main(["audit", str(scores)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == lines
    assert said == "" or os.strerror(error) in said


SHOTS = "params,n_shot,score,n_items\n1e8,0,.1,99\n1e9,0,.2,99\n1e10,5,.7,99\n1e11,5,.8,99\n"


def audited(monkeypatch: pytest.MonkeyPatch) -> list[audit.Curve]:
    """Let nothing be audited, and return the list that curves go to instead."""
    found: list[audit.Curve] = []

    def take(curves: list[audit.Curve], **_: object) -> list[audit.Report]:
        found.extend(curves)
        return []

    monkeypatch.setattr(audit, "audit_many", take)
    return found


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ([], ["scores, n_shot 0", "scores, n_shot 5"]),
        (["--by", "n_shot"], ["scores, 0", "scores, 5"]),
        (["--pool", "n_shot"], ["scores"]),
    ],
)
def test_settings_split_curves_or_are_pooled(
    scores: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], names: list[str]
) -> None:
    scores.write_text(SHOTS)
    found = audited(monkeypatch)
    assert main(["audit", str(scores), *options]) == 0
    assert [curve.name for curve in found] == names


def test_remedies_of_the_scale_work_where_they_are_read(
    scores: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scores.write_text("flops,score,n\n18,.1,9\n20,.5,9\n")
    assert main(["audit", str(scores)]) == 2
    said = capsys.readouterr().err
    assert "scale_unit=" not in said
    (unit, _) = re.findall(r"--scale-unit (\w+)", said)
    found = audited(monkeypatch)
    assert main(["audit", str(scores), "--scale-unit", unit]) == 0
    assert found[0].scale.tolist() == [1e18, 1e20]
    with pytest.raises(SystemExit, match="2"):
        main(["audit", str(scores), "--scale-unit", "dozens"])


def test_the_word_names_takes_sizes_from_names_and_a_path_does_not(
    scores: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    scores.write_text("model,score,n\nm-70m,.1,9\nm-1b,.5,9\n")
    assert main(["audit", str(scores)]) == 2
    assert "--sizes names: m-70m 70 million, m-1b 1 billion" in capsys.readouterr().err
    found = audited(monkeypatch)
    page = tmp_path / "page.html"
    assert main(["audit", str(scores), "--sizes", "names", "--report", str(page)]) == 0
    assert found[0].scale.tolist() == [7e7, 1e9]
    Path("names").write_text("model,params\nm-70m,1e6\nm-1b,2e6\n")
    assert main(["audit", str(scores), "--sizes", "./names"]) == 0
    assert found[1].scale.tolist() == [1e6, 2e6]
