"""The audit command, as a person at a terminal meets it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from emergence_lib.cli import main
from emergence_lib.cli.audit import HELP

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
    assert "Half of the rise is done at 2.66e9 parameters" in said


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
    note = "do not say the chance level, so it was taken as 0; if guessing scores on this task"
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
