"""Hidden code: it opens where the figure has a place for it, and never before an answer."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.parsers.rst import Parser
from docutils.utils import new_document
from myst_nb.sphinx_ import HideCodeCellNode

from emergence_lib.reader import predict, show
from emergence_lib.reader.figure import CODE_HERE
from emergence_lib.sphinxext import folds, predictions
from tests.reader.scenes import curve

ASKED: Any = {"name": "leap", "options": ["habit", "luck"], "answer": "habit"}


@pytest.fixture(autouse=True)
def book(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMERGENCE_STATIC", "1")


def page_of(html: str, *tags: str) -> nodes.document:
    """Return a page of one cell as MyST-NB reads it."""
    page = new_document("page", get_default_settings(Parser()))
    source = nodes.literal_block("", "CODE that names the answer")
    hidden = HideCodeCellNode("", source, prompt_show="The code")
    code = hidden if "hide-input" in tags else source
    shown = nodes.container("", nodes.raw("", html, format="html"))
    page += nodes.container("", code, shown, classes=["cell", *(f"tag_{each}" for each in tags)])
    return page


def written(page: nodes.document) -> str:
    """Return a page in the order in which it is written."""
    folds.fold_code_last(page)
    return "".join(
        each.astext() if isinstance(each, nodes.raw | nodes.literal_block) else "<FOLD>"
        for each in page.findall(
            lambda each: isinstance(each, nodes.raw | nodes.literal_block | folds.fold)
        )
    )


@pytest.mark.parametrize("figure", [False, True])
def test_the_code_of_a_prediction_waits_for_the_commitment(figure: bool) -> None:
    then = (
        show(curve(), name="curve", alt="Two curves.", caption="They rise together.")
        if figure
        else None
    )
    said = written(page_of(predict("Why?", then=then, **ASKED).html, "hide-input"))
    before, opened = said.split('<details class="em-reveal">')
    assert "CODE" not in before
    inside, after = opened.rsplit("</details></div>", 1)
    assert inside.count("CODE") == 1
    assert inside.count("<FOLD>") == (0 if then and CODE_HERE in then.html else 1)
    assert after == ""


def test_what_has_no_place_for_its_code_has_it_behind() -> None:
    assert written(page_of("<p>Shown.</p>", "hide-input")).startswith("<p>Shown.</p><FOLD>CODE")


def test_a_prediction_whose_code_is_in_sight_is_a_fault_and_names_the_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found: list[str] = []
    monkeypatch.setattr(predictions, "faults", found)
    app = cast("Any", SimpleNamespace(env=SimpleNamespace(docname="page")))
    html = predict("Why?", **ASKED).html
    predictions.gather(app, page_of(html, "hide-input"))
    assert found == []
    predictions.gather(app, page_of(html))
    (said,) = found
    assert "prediction 'leap': its code, which holds the answer, is in sight" in said
    assert "hide-input" in said
