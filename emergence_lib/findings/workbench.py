"""Tables to try the workbench of chapter 18 with, and what their audit says."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

import pandas as pd

from emergence_lib import audit, datasets
from emergence_lib.audit.reading.columns import ALIASES, UNITS
from emergence_lib.findings import ladders

SUMS, LETTERS, WORDS = "GPT-3: three-digit sums", "OLMo 2: letters or words", "Pythia: last words"
"""Names of the examples: one that a few models cannot settle, one that hangs on the metric, and a
smooth one that comes with standard errors."""


def settings() -> dict[str, Any]:
    """Return what `reader.workbench` needs: examples, names of columns, names of scales."""
    return {"examples": examples(), "columns": ALIASES, "units": UNITS}


@cache
def examples() -> dict[str, str]:
    """Return the tables as CSV text, by name."""
    sums = ladders.one("GPT-3, 3D+ few-shot")
    letter, cloze = (ladders.one(f"OLMo2-7B, arc_easy {way}") for way in ("letter", "cloze"))
    pythia = datasets.load("pythia_checkpoints").query(
        "task == 'lambada_openai' and metric == 'acc' and n_shot == 0 and step == step.max()"
    )
    pythia = pythia.sort_values("params_total")
    return {
        SUMS: _csv(
            {"task": "3-digit addition", "params": sums.scale, "score": sums.score},
            {"n_items": sums.items.astype(int)},
        ),
        LETTERS: _csv(
            {"task": "ARC easy by letter", "tokens": letter.scale, "score": letter.score},
            {"n_items": letter.items.astype(int), "chance": letter.floor},
            {"other": cloze.score, "other_chance": cloze.floor},
        ),
        WORDS: _csv(
            {"task": "LAMBADA", "params": pythia["params_total"], "score": pythia["value"]},
            {"stderr": pythia["stderr"]},
        ),
    }


def _csv(*columns: dict[str, Any]) -> str:
    frame = pd.DataFrame({name: values for part in columns for name, values in part.items()})
    return frame.to_csv(index=False, float_format="%.6g", lineterminator="\n")


@cache
def report(name: str = LETTERS) -> audit.Report:
    """Return the audit of an example."""
    table = pd.read_csv(io.StringIO(examples()[name]))
    (curve,) = audit.read(table)
    return audit.audit(curve)
