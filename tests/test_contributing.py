"""The examples of CONTRIBUTING.md and README.md work as they stand."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from emergence_lib import claims, cli, laws, quizzes, theme
from emergence_lib.reader import Slider, explore, show

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")


def example(language: str, after: str) -> str:
    """Return the first block in a language under a heading of the guide."""
    section = GUIDE[GUIDE.index(f"\n## {after}\n") :]
    block = re.search(rf"```{language}\n(.*?)```", section, re.DOTALL)
    assert block, f"no {language} example under {after!r}"
    return block[1]


def run(source: str) -> dict[str, object]:
    """Run an example with the names that a figures module imports."""
    names: dict[str, object] = {
        "Callable": Callable, "Figure": Figure, "laws": laws, "np": np, "theme": theme,
        "__name__": "example",
    }  # fmt: skip
    exec(compile(source, "CONTRIBUTING.md", "exec"), names)
    return names


def test_the_example_figure_can_be_shown() -> None:
    chance = run(example("python", "A figure"))["chance"]
    assert callable(chance)
    shown = show(chance(), name="chance", alt="A level line.", caption="Message. Detail.")
    assert "<svg" in shown.html


def test_the_example_explorable_draws_every_setting() -> None:
    power = run(example("python", "An explorable"))["power"]
    assert callable(power)
    shown = explore(
        power(),
        name="power",
        n=Slider("digits", [1, 2, 5, 10]),
        alt="A curve.",
        caption="Message.",
    )
    assert len(shown.readouts) == 4
    assert shown.readouts[(2,)] == "Right nine times in ten, 2 digits: 81%."


def test_the_example_question_is_a_quiz(tmp_path: Path) -> None:
    path = tmp_path / "example.yml"
    entry = example("yaml", "A quiz question")
    path.write_text(f"title: Example\nquestions:\n{entry}", "utf-8")
    assert "72.9" in quizzes.read(path).html


def test_the_example_claims_hold() -> None:
    found = claims.parse(f"```{{claims}}\n{example('text', 'A claim')}```\n", "book/example/mirage")
    assert {name: claim.text for name, claim in found.items()} == {
        "three-digits": "73%",
        "worse-than-one": "less often",
        "metrics-in-all": "39",
    }


def test_the_command_of_the_readme_draws_its_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = re.search(r"`python -m emergence_lib (figure [^`]+)`", README)
    assert command
    monkeypatch.chdir(tmp_path)
    assert cli.main(command[1].split()) == 0
    assert (tmp_path / "onsets.svg").read_text("utf-8").rstrip().endswith("</svg>")


@pytest.mark.parametrize("name", re.findall(r"\]\(([\w./-]+)\)", README + GUIDE))
def test_every_file_that_is_linked_exists(name: str) -> None:
    assert (ROOT / name).exists()
