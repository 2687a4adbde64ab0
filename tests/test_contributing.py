"""The examples of CONTRIBUTING.md and README.md work as they stand."""

from __future__ import annotations

import importlib
import re
import shutil
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from tqdm import tqdm

from emergence_lib import claims, cli
from tests.sphinxext.small_book import SmallBook

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
EXPERIMENT = """\
from dataclasses import dataclass
from time import process_time
import numpy as np
from emergence_lib.experiments import store
from emergence_lib.experiments.settings import Progress, check, watched
from emergence_lib.laws import Array
"""
PICTURES = """\
from collections.abc import Callable
import numpy as np
from matplotlib.figure import Figure
from emergence_lib import theme
from emergence_lib.chapters.coins import numbers
"""


def example(language: str, after: str) -> str:
    """Return the first block in a language under a heading of the guide."""
    section = GUIDE[GUIDE.index(f"\n## {after}\n") :]
    block = re.search(rf"^(`{{3,}}){language}\n(.*?)^\1$", section, re.DOTALL | re.MULTILINE)
    assert block, f"no {language} example under {after!r}"
    return block[2]


@pytest.fixture(scope="module")
def coins(tmp_path_factory: pytest.TempPathFactory) -> BeautifulSoup:
    """Build the guide's chapter with a copy of the library that has its four other files."""
    folder = tmp_path_factory.mktemp("guide")
    library = folder / "library"
    shutil.copytree(ROOT / "emergence_lib", library / "emergence_lib")
    chapter = library / "emergence_lib" / "chapters" / "coins"
    chapter.mkdir()
    (chapter / "numbers.py").write_text(example("python", "Its numbers"), "utf-8")
    pictures = PICTURES + example("python", "A figure") + example("python", "A control")
    (chapter / "pictures.py").write_text(pictures, "utf-8")
    (chapter / "quiz.yml").write_text(example("yaml", "A question"), "utf-8")
    book = SmallBook(folder / "small")
    book.contents({"I. Begin": ["begin/coins"]})
    ledger = "```{claims-ledger}\n```\n\n```{levelled-glossary}\n```\n"
    book.write("index.md", f"# A book\n\nRead {{chapter}}`coins`.\n\n{ledger}")
    book.write("begin/coins.md", example("markdown", "A chapter"))
    code, printed = book.build(gate=True, library=library)
    assert code == 0, printed
    return BeautifulSoup(book.page("begin/coins") + book.page("index"), "html.parser")


def test_the_example_chapter_prints_its_claims_and_the_ledger_quotes_them(
    coins: BeautifulSoup,
) -> None:
    text = coins.get_text()
    assert text.count("Two fair coins both show heads 25% of the time, rarer than one.") == 2
    assert "numbers.all_heads(2), accepted from 0.25 to 0.25." in text
    assert "numbers.all_heads(2) < numbers.all_heads(1) must be true." in text


def test_the_example_figure_control_and_question_are_on_its_page(coins: BeautifulSoup) -> None:
    assert coins.select_one("#fig-heads svg")
    assert "3.1% for five coins" in str(coins.select_one("#fig-heads"))
    assert coins.select_one(".em-explorable[data-em-name=bent]")
    assert coins.select_one("a.em-set[data-em-set='coins=5']")
    assert "12.5" in str(coins.select_one(".em-quiz"))
    assert "Chapter 1" in str(coins.select_one(".em-part"))


def test_the_example_experiment_runs_from_a_seed_and_its_result_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tossing.py").write_text(EXPERIMENT + example("python", "An experiment"), "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    tossing = importlib.import_module("tossing")
    first, again, other = (
        tossing.run(seed=1),
        tossing.run(seed=1, progress=tqdm),
        tossing.run(seed=2),
    )
    assert first.difference(again) == 0
    assert other.heads[-1] == pytest.approx(500, abs=80)
    first.save(tmp_path / "tossing-1.npz")
    assert tossing.Result.load(tmp_path / "tossing-1.npz").difference(first) == 0
    with pytest.raises(ValueError, match="tosses: found 0"):
        tossing.Config(tosses=0)


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
