"""A book of one page, built as the real one is, to try what the gate must catch."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import yaml
from build import build

ROOT = Path(__file__).parents[2]

PAGE = """\
---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3}
---
# A page

A first paragraph that says what this page is about.

```{code-cell} python
CELL
```
"""

GLOSSARY = """\
term:
  level: beginner
  definition: A word that this small book explains in a sentence.
"""
CLAIMS = """\

```{claims} recomputed
half: {laws.exact_match(0.5, 1):.0%} in [0.49, 0.51]
```
"""


class SmallBook:
    """A book in a folder of its own, with the real configuration and templates."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        book = folder / "book"
        book.mkdir(parents=True)
        for name in ("assets", "_templates"):
            shutil.copytree(ROOT / "book" / name, book / name)
        shutil.copy(ROOT / "_config.yml", folder)
        self.contents({})
        (book / "references.bib").write_text("", "utf-8")
        self.write("glossary.yml", GLOSSARY)

    def write(self, name: str, text: str) -> None:
        """Write a file of the book."""
        path = self.folder / "book" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")

    def contents(self, parts: dict[str, list[str]]) -> None:
        """List the pages of each part, besides the first page of the book."""
        toc: dict[str, object] = {"format": "jb-book", "root": "book/index"}
        if parts:
            toc["parts"] = [
                {"caption": caption, "chapters": [{"file": f"book/{page}"} for page in pages]}
                for caption, pages in parts.items()
            ]
        (self.folder / "_toc.yml").write_text(yaml.safe_dump(toc), "utf-8")

    def cell(self, source: str) -> None:
        """Make the book one page with one cell."""
        self.write("index.md", PAGE.replace("CELL", source))

    def extension(self, library: Path, name: str, source: str) -> None:
        """Give the book one more Sphinx extension, beside a copy of the library."""
        (library / f"{name}.py").write_text(source, "utf-8")
        path = self.folder / "_config.yml"
        config = yaml.safe_load(path.read_text("utf-8"))
        config["sphinx"]["extra_extensions"].append(name)
        path.write_text(yaml.safe_dump(config), "utf-8")

    def page(self, name: str = "index") -> str:
        """Return a built page."""
        return (self.folder / "_build" / "html" / "book" / f"{name}.html").read_text("utf-8")

    def build(self, *, gate: bool = False, library: Path | None = None) -> tuple[int, str]:
        """Build it; ``library`` is a folder that holds another copy of the library."""
        before = os.environ.get("PYTHONPATH")
        if library:
            os.environ["PYTHONPATH"] = str(library)
        try:
            return build(self.folder, gate=gate, source=self.folder)
        finally:
            os.environ.pop("PYTHONPATH", None)
            if before:
                os.environ["PYTHONPATH"] = before
