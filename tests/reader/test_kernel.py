"""In a real kernel: a build makes no widget, a reader's notebook gets them."""

from __future__ import annotations

import nbclient
import nbformat
import pytest

CELL = """\
from emergence_lib.reader import Slider, explore
from tests.reader.scenes import power
explore(power(), name="power", alt="A curve.", caption="A power.", n=Slider("length", [1, 2, 3]))
"""


def executed(cell: str) -> nbformat.NotebookNode:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    return notebook


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize("building", [True, False])
def test_widgets_only_for_a_reader(monkeypatch: pytest.MonkeyPatch, building: bool) -> None:
    if building:
        monkeypatch.setenv("EMERGENCE_STATIC", "1")
    else:
        monkeypatch.delenv("EMERGENCE_STATIC", raising=False)
    notebook = executed(CELL)
    (output,) = notebook.cells[0].outputs
    assert ("widgets" in notebook.metadata) is not building
    assert ("application/vnd.jupyter.widget-view+json" in output.data) is not building
    if building:
        assert 'class="em-figure em-explorable"' in output.data["text/html"]
        assert "image/png" in output.data
