"""In a real kernel: a build makes no widget, a reader's notebook gets them."""

from __future__ import annotations

import nbclient
import nbformat
import pytest

SHOW = """\
words = {"name": "power", "alt": "A curve.", "caption": "It is a power."}
explore(power(), **words, n=Slider("length", [1, 2, 3]))
"""
BUILDING = f"""\
from emergence_lib.reader import Slider, explore
from tests.reader.scenes import power
import os
os.environ["EMERGENCE_STATIC"] = "1"
{SHOW}"""
READING = f"""\
del os.environ["EMERGENCE_STATIC"]
{SHOW}"""
WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_widgets_only_for_a_reader() -> None:
    cells = [nbformat.v4.new_code_cell(source) for source in (BUILDING, READING)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    (built,), (read,) = (cell.outputs for cell in notebook.cells)
    assert 'class="em-figure em-explorable"' in built.data["text/html"]
    assert "image/png" in built.data
    assert WIDGET not in built.data
    assert WIDGET in read.data
