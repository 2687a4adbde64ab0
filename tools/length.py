"""How long are the chapters, and how do they read? `make length`, after `make book`.

Prints for each chapter its words as rendered, the longest stretch without a picture, a control
or a question, and the paragraph with most graded numbers. An asterisk marks what is out of
bounds. `emergence_lib.sphinxext.prose` says what counts.
"""

from __future__ import annotations

import sys
from pathlib import Path

from emergence_lib.sphinxext.prose import Measure, measure

ROOT = Path(__file__).parent.parent
BUILDS = (ROOT / "_build" / "html", ROOT / "_build" / "gate" / "_build" / "html")
CHAPTERS = "book/*/*.html"

FEWEST_WORDS, MOST_WORDS = 2_000, 2_600
LONGEST_STRETCH = 500
MOST_NUMBERS = 3


def faults(page: Measure) -> list[str]:
    """Say in what a chapter is out of bounds: its words, its longest stretch, its numbers."""
    stretch, paragraph = page.stretch, page.paragraph
    found = []
    if not FEWEST_WORDS <= page.words <= MOST_WORDS:
        found.append(f"{page.words:,} words; wanted {FEWEST_WORDS:,} to {MOST_WORDS:,}")
    if stretch.words > LONGEST_STRETCH:
        found.append(
            f"{stretch.words} words without a picture, a control or a question, under "
            f"{stretch.heading!r} from {stretch.begins!r}; wanted at most {LONGEST_STRETCH}"
        )
    if paragraph.numbers > MOST_NUMBERS:
        found.append(
            f"{paragraph.numbers} graded numbers in the paragraph {paragraph.begins!r}; wanted at "
            f"most {MOST_NUMBERS}, the rest in the figure or a small table"
        )
    return found


def lines(name: str, page: Measure) -> str:
    """Return what is printed of a chapter; an asterisk marks what is out of bounds."""
    stretch, paragraph = page.stretch, page.paragraph
    table = (
        (page.words, FEWEST_WORDS <= page.words <= MOST_WORDS, "words"),
        (
            stretch.words,
            stretch.words <= LONGEST_STRETCH,
            f"in one stretch, under {stretch.heading!r} from {stretch.begins!r}",
        ),
        (
            paragraph.numbers,
            paragraph.numbers <= MOST_NUMBERS,
            f"graded numbers in {paragraph.begins!r}",
        ),
    )
    return "\n".join(
        [name, *(f"{number:8,} {' ' if within else '*'} {what}" for number, within, what in table)]
    )


def newest_build() -> Path | None:
    """Return the folder of the book that was built last."""
    built = [folder for folder in BUILDS if (folder / "index.html").is_file()]
    return max(built, key=lambda folder: (folder / "index.html").stat().st_mtime, default=None)


def main() -> int:
    """Measure the chapters of the newest build."""
    site = newest_build()
    if site is None:
        print("There is no built book to measure; run 'make book' first.")
        return 1
    for path in sorted(site.glob(CHAPTERS)):
        print(lines(path.stem, measure(path.read_text("utf-8"))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
