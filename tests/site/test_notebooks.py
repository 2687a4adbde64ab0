"""Every chapter's notebook runs from top to bottom where only the package is installed."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbclient import NotebookClient

from tests.site.conftest import SITE

NOTEBOOKS = sorted(SITE.glob("notebooks/*.ipynb")) or [Path("no-book-built")]


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_in_a_folder_of_its_own(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EMERGENCE_STATIC", raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("PYTHONPATH", "")
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook, timeout=300, resources={"metadata": {"path": os.fspath(tmp_path)}}
    )
    client.execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    kinds = {kind for output in outputs for kind in output.get("data", {})}
    assert "application/vnd.jupyter.widget-view+json" in kinds, "live, a control is a widget"
    html = "".join(output.get("data", {}).get("text/html", "") for output in outputs)
    figures = BeautifulSoup(html, "html.parser").select(".em-figure svg")
    shown = any("show(" in cell.source for cell in notebook.cells if cell.cell_type == "code")
    assert bool(figures) == shown, "a still is drawn; what has controls is a widget"
    assert "<style>" in html, "a figure brings its styles along"
