"""Tables to try the workbench with, and what their audit says."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from emergence_lib import audit, datasets, ladders, laws
from emergence_lib.audit.reading.carried import carried
from emergence_lib.audit.reading.columns import ALIASES

SUMS, LETTERS, WORDS = "GPT-3: three-digit sums", "OLMo 2: letters or words", "Pythia: last words"
"""Names of the examples: one that a few models cannot settle, one that hangs on the metric, and a
smooth one that comes with standard errors."""
LIMITS = (0.3, 0.5, 0.7, 1.0, 2.0, 3.0, 5.0)
"""Decades below which a rise is called sharp, for the reader to choose from."""
HOLDS = {
    "scale": "the size of the model: parameters, FLOP of training or tokens seen",
    "score": "a share from 0 to 1, or a percentage",
    "items": "number of test items behind the score",
    "stderr": "standard error of the score, instead of items",
    "task": "which curve the row belongs to, if there are several",
    "metric": "the same, where one task has several scores",
    "model": "the name of the model",
    "chance": "what guessing scores; unknown where nothing is said",
    "length": "tokens of an answer that must all be right",
    "other": "a second score of the same items",
    "other_stderr": "its standard error",
    "other_chance": "what guessing scores by it",
}
"""What each column of a table holds."""


def settings() -> dict[str, Any]:
    """Return what `reader.workbench` needs: examples, and what its script goes by."""
    return {"examples": examples(), "known": carried()}


@cache
def examples() -> dict[str, str]:
    """Return the tables as CSV text, by name."""
    sums = ladders.one("GPT-3, 3D+ few-shot")
    letter, cloze = (ladders.one(f"OLMo2-7B, arc_easy {way}") for way in ("letter", "cloze"))
    words = pythia().query("task == 'lambada_openai'").sort_values("params_total")
    return {
        SUMS: _csv(
            {"task": "3-digit addition", "params": sums.scale, "score": sums.score},
            {"n_items": sums.items.astype(int), "chance": sums.floor},
        ),
        LETTERS: _csv(
            {"task": "ARC easy by letter", "tokens": letter.scale, "score": letter.score},
            {"n_items": letter.items.astype(int), "chance": letter.floor},
            {"other": cloze.score, "other_chance": cloze.floor},
        ),
        WORDS: _csv(
            {"task": "LAMBADA", "params": words["params_total"], "score": words["value"]},
            {"stderr": words["stderr"], "chance": words["chance"]},
        ),
    }


def _csv(*columns: dict[str, Any]) -> str:
    frame = pd.DataFrame({name: values for part in columns for name, values in part.items()})
    return frame.to_csv(index=False, float_format="%.6g", lineterminator="\n")


def curve(name: str) -> audit.Curve:
    """Return an example as the audit reads it.

    Raises
    ------
    ValueError
        If there is no example of that name.
    """
    if name not in examples():
        raise ValueError(f"name: found {name!r}, want one of {', '.join(examples())}")
    (found,) = audit.read(pd.read_csv(io.StringIO(examples()[name])))
    return found


@cache
def report(name: str = LETTERS, **changes: float | None) -> audit.Report:
    """Return the audit of an example, or of what it is with some fields of its `Curve` changed.

    A reader may take guessing for nothing (``chance=0.0``), not know it (``chance=None``), or say
    how many tokens have to be right for a point (``length=3``).
    """
    return audit.audit(replace(curve(name), **changes))  # type: ignore[arg-type]


@cache
def judged(sharp: float) -> dict[str, audit.Verdict]:
    """Return the verdict on every example, by name, with a limit in decades for "sharp"."""
    reports = audit.audit_many(map(curve, examples()), sharp=sharp, thorough=False)
    return {name: report.verdict for name, report in zip(examples(), reports, strict=True)}


@cache
def leaked() -> tuple[audit.Report, audit.Report]:
    """Return the audits of a made curve and of its twin whose larger models know items by heart.

    Twelve models over four decades, logistic, 10-90% width 2.5 decades, 1,000 items. A model above
    2e10 has seen 60% of the items in training and gets all of these right.
    """
    x = np.linspace(8, 12, 12)
    clean = laws.logistic(x, 10.5, 2 * np.log(9) / 2.5)
    leaky = np.where(x > np.log10(2e10), 0.6 + 0.4 * clean, clean)
    curves = [
        audit.Curve(name, 10**x, np.rint(1000 * p) / 1000, np.full(x.size, 1000.0), chance=0.0)
        for name, p in (("clean", clean), ("leaked", leaky))
    ]
    first, second = audit.audit_many(curves, thorough=False)
    return first, second


def columns() -> str:
    """Return a Markdown table of the columns that are understood: their names, what they hold."""
    rows = [
        f"| {', '.join(f'`{name}`' for name in names)} | {HOLDS[role]} |"
        for role, names in ALIASES.items()
    ]
    return "\n".join(["| name, or | holds |", "| --- | --- |", *rows])


def pythia() -> pd.DataFrame:
    """Return accuracies of the eight Pythia models, fully trained, without examples.

    The mean over MMLU is left out: it repeats its parts.
    """
    table = datasets.load("pythia_checkpoints").query("step == step.max() and n_shot == 0")
    return table.query("metric == 'acc' and task != 'mmlu_mean'")


def write_results(folder: Path) -> None:
    """Write the scores of `pythia` as lm-evaluation-harness would: a JSON file a model.

    Parameters
    ----------
    folder : Path
        Is made if it is missing.
    """
    for model, rows in pythia().groupby("model"):
        scores = {
            row.task: {"alias": row.task, "acc,none": row.value, "acc_stderr,none": row.stderr}
            for row in rows.itertuples()
        }
        config = {
            "model": "hf",
            "model_args": f"pretrained=EleutherAI/{model}",
            "model_num_parameters": int(rows["params_total"].iloc[0]),
        }
        choices = {
            task: {"task": task, "output_type": "multiple_choice", "doc_to_choice": "{{choices}}"}
            for task, chance in zip(rows["task"], rows["chance"], strict=True)
            if chance > 0
        }
        path = folder / f"EleutherAI__{model}" / "results.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"results": scores, "configs": choices, "config": config}))
