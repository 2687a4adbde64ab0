"""The traps that made books publish stale or broken pages, each tried on a small book."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.sphinxext.small_book import ROOT, SmallBook


@pytest.fixture
def book(tmp_path: Path) -> SmallBook:
    return SmallBook(tmp_path / "small")


def test_a_changed_library_is_executed_again_and_an_unchanged_one_is_not(
    book: SmallBook, tmp_path: Path
) -> None:
    copy = tmp_path / "library" / "emergence_lib"
    shutil.copytree(ROOT / "emergence_lib", copy, ignore=shutil.ignore_patterns("__pycache__"))
    book.cell("from emergence_lib import laws\nprint('answer:', laws.exact_match(0.5, 2))")
    assert book.build(library=copy.parent)[0] == 0
    assert "answer: 0.25" in book.page()

    code, printed = book.build(library=copy.parent)
    assert code == 0
    assert "executing book/index" not in printed

    laws = copy / "laws.py"
    laws.write_text(
        laws.read_text("utf-8") + "\n\ndef exact_match(p, n):\n    return 42\n", "utf-8"
    )
    code, printed = book.build(library=copy.parent)
    assert code == 0
    assert "executing book/index" in printed
    assert "answer: 42" in book.page()


def test_the_gate_executes_afresh_what_an_ordinary_build_would_not(book: SmallBook) -> None:
    book.cell("import time\nprint('at', time.time_ns())")
    pages = []
    for gate in (False, False, True):
        assert book.build(gate=gate)[0] == 0
        pages.append(book.page())
    assert pages[0] == pages[1]
    assert pages[1] != pages[2]


def test_a_failing_cell_fails_the_build_and_is_named(book: SmallBook) -> None:
    book.cell("1 / 0")
    code, printed = book.build()
    assert code != 0
    assert "book/index.md: cell 1, line 9 failed: ZeroDivisionError: division by zero" in printed


def test_a_figure_without_a_text_alternative_fails_the_build(book: SmallBook) -> None:
    book.cell(
        "from matplotlib.figure import Figure\n"
        "from emergence_lib.reader import show\n"
        "show(Figure(), name='bare', alt='', caption='A figure.')"
    )
    code, printed = book.build()
    assert code != 0
    assert "cell 1" in printed
    assert "alt" in printed


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        (
            "glossary.yml",
            "term:\n  level: novice\n  definition: A word explained in a sentence.\n",
            r"book/glossary.yml:2",
        ),
        (
            "claims.yml",
            "half:\n  statement: No number here.\n  grade: recomputed\n",
            r"book/claims.yml:",
        ),
    ],
)
def test_a_malformed_data_file_fails_the_build_with_file_line_and_remedy(
    book: SmallBook, file: str, text: str, message: str
) -> None:
    book.cell("print('nothing')")
    book.write(file, text)
    use = {"glossary.yml": "```{levelled-glossary}\n```", "claims.yml": "Half: {claim}`half`."}
    book.write("index.md", (book.folder / "book/index.md").read_text("utf-8") + "\n" + use[file])
    code, printed = book.build(gate=True)
    assert code != 0
    assert message in printed
    assert "Remedy" in printed


def test_a_number_outside_its_band_fails_the_gate(book: SmallBook) -> None:
    claims = (book.folder / "book/claims.yml").read_text("utf-8")
    book.write("claims.yml", claims.replace("[0.49, 0.51]", "[0.6, 0.7]"))
    book.write("index.md", "# A page\n\nHeads come up {claim}`half` of the time.\n")
    code, printed = book.build(gate=True)
    assert code != 0
    assert "outside its band" in printed


FAULTS = {
    "{term}`nowhere`": "term not in glossary: 'nowhere'",
    "[a link](missing.md)": "missing.md",
    "$\\foo$": "$\\foo$ is not understood",
    "{claim}`third`": "no claim 'third'",
    "{try}`words`": "wants 'words <figure?control=value>', got 'words'",
    "{try}`words <power>`": "got 'words <power>'",
    "{cite:p}`nobody1999`": "nobody1999",
}


def test_references_and_formulas_that_lead_nowhere_fail_the_gate_each_by_name(
    book: SmallBook,
) -> None:
    faults = "\n\n".join(FAULTS)
    book.write(
        "index.md", f"# A page\n\nA first paragraph.\n\n{faults}\n\n```{{levelled-glossary}}\n```\n"
    )
    code, printed = book.build(gate=True)
    assert code != 0
    assert [message for message in FAULTS.values() if message not in printed] == []
