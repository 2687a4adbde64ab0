"""The traps that made books publish stale or broken pages, each tried on a small book."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from emergence_lib.sphinxext.execution import processors
from tests.sphinxext.small_book import CLAIMS, GLOSSARY, PAGE, ROOT, SmallBook


@pytest.fixture
def book(tmp_path: Path) -> SmallBook:
    return SmallBook(tmp_path / "small")


def test_a_page_is_executed_again_if_the_library_has_changed_and_always_by_the_gate(
    book: SmallBook, tmp_path: Path
) -> None:
    copy = tmp_path / "library" / "emergence_lib"
    shutil.copytree(ROOT / "emergence_lib", copy)
    book.cell(
        "import time\nfrom emergence_lib import laws\n"
        "print('answer:', laws.exact_match(0.5, 2), time.time_ns())"
    )

    def built(*, gate: bool = False) -> str:
        code, printed = book.build(gate=gate, library=copy.parent)
        assert code == 0, printed
        executed.append("executing book/index" in printed)
        return book.page()

    executed: list[bool] = []
    first, unchanged, gate = built(), built(), built(gate=True)
    assert "answer: 0.25" in first
    assert unchanged == first
    assert gate != first

    laws = copy / "laws.py"
    laws.write_text(
        laws.read_text("utf-8") + "\n\ndef exact_match(p, n):\n    return 42\n", "utf-8"
    )
    assert "answer: 42" in built()
    assert executed == [True, False, True, True]


def test_whatever_has_changed_the_next_build_shows_it_on_every_page(
    book: SmallBook, tmp_path: Path
) -> None:
    copy = tmp_path / "library" / "emergence_lib"
    shutil.copytree(ROOT / "emergence_lib", copy)

    def build() -> None:
        code, printed = book.build(library=copy.parent)
        assert code == 0, printed

    pages = ["user", "old", "titled", "linker", "including", "gone"]
    book.contents({"I. Begin": pages})
    made = CLAIMS.replace(":.0%", ":.1%")
    book.write("index.md", f"# A book\n\n```{{levelled-glossary}}\n```\n\n{{claim}}`half`\n{made}")
    book.write("user.md", "# User\n\nA {term}`term`.\n")
    book.write("old.md", "# Old\n\nThe newer text.\n")
    book.write("titled.md", "# Earlier title\n")
    book.write("linker.md", "# Linker\n\nSee {doc}`titled`.\n")
    book.write("snippet.txt", "It prints {claim}`half`.\n")
    book.write("including.md", "# Including\n\n```{include} snippet.txt\n```\n")
    book.write("gone.md", "# Gone\n")
    build()
    assert "50.0%" in book.page("including")

    # What a page shows, and does not say itself.
    book.write("glossary.yml", GLOSSARY.replace("small book", "large tome"))
    laws = copy / "laws.py"
    added = "\n\ndef exact_match(p, n):\n    return 0.496\n"
    laws.write_text(laws.read_text("utf-8") + added, "utf-8")
    build()
    assert "large tome" in book.page("user")
    assert "49.6%" in book.page("including")

    # What stands in the menus of all.
    book.write("titled.md", "# Later title\n")
    (book.folder / "book" / "gone.md").unlink()
    book.contents({"I. Begin": pages[:-1]})
    book.write("old.md", "# Old\n\nThe older text.\n")
    os.utime(book.folder / "book" / "old.md", (1e9, 1e9))  # as from a backup
    build()
    assert book.page("linker").count("Later title") >= 2  # its menu and its link
    assert "Gone" not in book.page("linker")
    assert not list(book.folder.glob("_build/html/book/gone.html"))
    assert "The older text." in book.page("old")


def test_what_was_executed_while_the_library_changed_is_not_kept(
    book: SmallBook, tmp_path: Path
) -> None:
    copy = tmp_path / "library" / "emergence_lib"
    shutil.copytree(ROOT / "emergence_lib", copy)
    book.cell(
        "from pathlib import Path\nfrom emergence_lib import laws\n"
        "Path(laws.__file__).open('a').write('# saved by somebody')"
    )
    code, printed = book.build(library=copy.parent)
    assert code != 0
    assert "the library has changed" in printed
    assert "Remedy: build again" in printed
    assert not list(book.folder.glob("_build/.kept/executed/*/*"))


KILLER = """\
import os, signal

def setup(app):
    if event := os.environ.get("KILL_AT"):
        app.connect(event, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
"""


def test_a_killed_build_leaves_nothing_stale(
    book: SmallBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "library" / "emergence_lib"
    shutil.copytree(ROOT / "emergence_lib", copy)
    book.extension(copy.parent, "killer", KILLER)
    book.cell("from emergence_lib import laws\nprint('answer:', laws.exact_match(0.5, 2))")
    laws = copy / "laws.py"
    original = laws.read_text("utf-8")

    def answer(value: str, *, kill_at: str = "") -> None:
        laws.write_text(f"{original}\n\ndef exact_match(p, n):\n    return {value}\n", "utf-8")
        monkeypatch.setenv("KILL_AT", kill_at)
        code, printed = book.build(library=copy.parent)
        assert code == -9 if kill_at else code == 0, printed

    answer("1")
    # The page was read and noted, and not written.
    answer("2", kill_at="html-page-context")
    answer("2")
    assert "answer: 2" in book.page()
    # The page was read, its tree written, and not noted; and the library is as it was noted.
    answer("3", kill_at="env-updated")
    answer("2")
    assert "answer: 2" in book.page()


needs_two = pytest.mark.skipif(processors() < 2, reason="one processor: nothing runs side by side")
MEET = """\
import pathlib, time
pathlib.Path("NAME").touch()
for _ in range(1200):
    if pathlib.Path("OTHER").exists():
        break
    time.sleep(0.1)
else:
    raise TimeoutError("OTHER did not run beside NAME")
"""


@needs_two
def test_chapters_are_executed_side_by_side(book: SmallBook) -> None:
    """Each of two chapters waits for the other."""
    book.cell(MEET.replace("NAME", "one").replace("OTHER", "two"))
    book.write(
        "other.md", PAGE.replace("CELL", MEET.replace("NAME", "two").replace("OTHER", "one"))
    )
    book.contents({"I. Begin": ["other"]})
    code, printed = book.build()
    assert code == 0, printed


@needs_two
def test_a_failing_cell_ends_the_build_at_once_and_is_named(book: SmallBook) -> None:
    """The one tried here is a figure that nobody wrote a text alternative for."""
    book.cell(
        "from matplotlib.figure import Figure\n"
        "from emergence_lib.reader import show\n"
        "show(Figure(), name='bare', alt='', caption='A figure.')"
    )
    endless = "import time\ntime.sleep(250)\nopen('ended', 'w')"
    book.write("other.md", PAGE.replace("CELL", endless))
    book.contents({"I. Begin": ["other"]})
    code, printed = book.build()
    assert code != 0
    assert (
        "book/index.md: cell 1, line 9 failed: ValueError: figure 'bare': alt is empty; write"
        in printed
    )
    assert "executing book/other" in printed
    assert not (book.folder / "book" / "ended").exists()


def test_malformed_data_files_fail_the_build_with_file_line_and_remedy(book: SmallBook) -> None:
    book.write("glossary.yml", "term:\n  level: novice\n  definition: A word in a sentence.\n")
    broken = CLAIMS.replace(" in [0.49, 0.51]", "")
    book.write(
        "index.md", f"# A page\n\n{{claim}}`half`\n\n```{{levelled-glossary}}\n```\n{broken}"
    )
    code, printed = book.build(gate=True)
    assert code != 0
    assert "book/index.md:9: claim 'half' has neither band, comparison nor source" in printed
    assert "Remedy: Write 'name: {expression:format} in [low, high]'" in printed
    assert "book/glossary.yml:2: term.level is 'novice'" in printed
    assert "Remedy: The most experienced reader who still needs the definition." in printed


FAULTS = {
    "{term}`nowhere`": "term not in glossary: 'nowhere'",
    "[a link](missing.md)": "missing.md",
    "$\\foo$": "$\\foo$ is not understood",
    "{count}`sheep`": "count: found 'sheep', want one of chapters",
    "{chapter}`nowhere`": "no chapter 'nowhere'; wanted one of (none yet)",
    "{try}`words`": "wants 'words <figure?control=value>', got 'words'",
    "{try}`words <power>`": "got 'words <power>'",
    "{cite:p}`nobody1999`": "nobody1999",
}


def test_whatever_leads_nowhere_fails_the_gate_by_name(book: SmallBook) -> None:
    faults = "\n\n".join(FAULTS)
    book.write(
        "index.md", f"# A page\n\nA first paragraph.\n\n{faults}\n\n```{{levelled-glossary}}\n```\n"
    )
    code, printed = book.build(gate=True)
    assert code != 0
    assert [message for message in FAULTS.values() if message not in printed] == []


CLAIM_FAULTS = {
    "```{after} nowhere\nIt lands.\n```": "index.md:5: after 'nowhere': the page has no prediction",
    "{claim}`third`": "no claim 'third'",
    "{claim}`tilted`": "'tilted': laws.exact_match(0.5, 1) is 0.5, outside its band [0.6, 0.7]",
    "{claim}`untrue`": "'untrue': 'more' does not hold, laws.exact_match(0.5, 1) > 1 is false",
    "```{claims-ledger}\n```": "claim 'half' is not printed on its page. Remedy: print it in",
    "````{claims}\nlost: {1} in [2, 3]\n````": "these claims are not read. Remedy: begin the block",
}
MORE = """
```{claims}
tilted: {laws.exact_match(0.5, 1):.0%} in [0.6, 0.7]
untrue: more if laws.exact_match(0.5, 1) > 1
```
"""


def test_a_claim_that_fails_stops_every_build_by_name_until_it_is_mended(book: SmallBook) -> None:
    text = "\n\n".join(CLAIM_FAULTS)
    tail = "\n\n```{levelled-glossary}\n```\n"
    book.write("index.md", f"# A page\n\nA first paragraph.\n\n{text}{tail}{CLAIMS}{MORE}")
    for _ in range(2):  # the second build has a cache, and must not be quiet
        code, printed = book.build()
        assert code != 0
        assert [message for message in CLAIM_FAULTS.values() if message not in printed] == []
    book.write("index.md", f"# A page\n\nNow {{claim}}`half` holds.{tail}{CLAIMS}")
    code, printed = book.build()
    assert code == 0, printed
    assert "50%" in book.page()
