"""Every curve of score against scale that the book's tables hold, in one form.

A ladder is one task, scored in one way, over the models of one family or the checkpoints of one
run. Several chapters ask the same question of all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from emergence_lib import datasets, published
from emergence_lib.laws import Array

ASSUMED_ITEMS = 1000
"""Items of a test whose table does not say: an error of at most 1.6 points."""
OLMO_ITEMS = {
    "arc_challenge": 1172,
    "arc_easy": 2376,
    "boolq": 3270,
    "csqa": 1221,
    "hellaswag": 10042,
    "mmlu": 14042,
    "openbookqa": 500,
    "piqa": 1838,
    "socialiqa": 1954,
    "winogrande": 1267,
}
"""Items of the OLMo tables, as their description lists them [bhagia2025establishing]; every
accuracy is a whole number of these."""
OPEN_ITEMS = {
    "ARC-C": 1172,
    "GSM8K": 1319,
    "HellaSwag": 10042,
    "HumanEval": 164,
    "MMLU": 14042,
    "Winograd": 1267,
    "XWinograd": 504,
}
"""Items of the benchmarks that open models were scored on. The accuracies are whole numbers of
these for all but MMLU, a mean over 57 subjects, and XWinograd, a mean over languages, for which the
largest of the smaller languages stands. TruthfulQA's score is a mean probability, not a count."""
COT_ITEMS = {"GSM8K": 1319, "SVAMP": 1000, "ASDiv": 2096, "AQuA": 254, "MAWPS": 2065}
"""Problems of the five sets; all solve rates but AQuA's are whole numbers of these to rounding."""
FEWEST = 4
"""Models of a ladder."""
COLUMNS = ("scale", "score", "items", "params", "tokens", "loss")
NOT_A_SCORE = ("ppl", "average")
"""Metrics left out: perplexity is no fraction, an average repeats its parts."""


@dataclass(frozen=True, eq=False)
class Ladder:
    """One curve.

    Attributes
    ----------
    source : str
        Which group of `SOURCES` it belongs to.
    name : str
        Family, task and setting.
    task : str
        Task and metric as the tables name them.
    family : str
        Models or run.
    unit : str
        Of the scale: parameters, FLOP or tokens.
    floor : float
        Score of a guess; 0 where the table gives none.
    rows : DataFrame
        Rising in scale: scale, score, items; where known also params, tokens, loss.
    counted : bool
        Whether the score is a share of a known number of items: BLEU is none.
    """

    source: str
    name: str
    task: str
    family: str
    unit: str
    floor: float
    rows: pd.DataFrame
    counted: bool

    def __len__(self) -> int:
        """Return the number of models."""
        return len(self.rows)

    @property
    def scale(self) -> Array:
        """Scales, rising."""
        return self.rows["scale"].to_numpy(float)

    @property
    def score(self) -> Array:
        """Scores, fractions."""
        return self.rows["score"].to_numpy(float)

    @property
    def items(self) -> Array:
        """Items behind each score."""
        return self.rows["items"].to_numpy(float)


SOURCES = (
    "GPT-3, arithmetic",
    "GPT-3, other tasks",
    "GPT-3, MMLU",
    "chain of thought",
    "open models, one family",
    "open models, pooled",
    "OLMo ladder",
    "OLMo 2, training",
    "Pythia, sizes",
    "Pythia, training",
    "Pythia, arithmetic",
    "Pythia, sampled answers",
    "Gadre grid",
)
"""Groups of ladders, by table."""


@cache
def every() -> tuple[Ladder, ...]:
    """Return all ladders of at least `FEWEST` models, in the order of `SOURCES`."""
    found = [ladder for part in _PARTS for ladder in part() if len(ladder) >= FEWEST]
    return tuple(sorted(found, key=lambda each: SOURCES.index(each.source)))


def one(name: str) -> Ladder:
    """Return the ladder of a name.

    Raises
    ------
    ValueError
        If there is none.
    """
    found = [ladder for ladder in every() if ladder.name == name]
    if not found:
        alike = [
            each.name
            for each in every()
            if each.name.split(",")[0] == name.split(",", maxsplit=1)[0]
        ]
        raise ValueError(
            f"name: found {name!r}, want for instance {'; '.join(alike[:3]) or 'none'}"
        )
    return found[0]


def _ladder(
    source: str, family: str, task: str, unit: str, table: pd.DataFrame, counted: bool = True
) -> Ladder:
    """Gather rows; models of equal scale become one with the mean score and all their items."""
    columns = [each for each in COLUMNS if each in table]
    # Through arrays: a thousand small tables take pandas seconds to clean and sort.
    data = {each: table[each].to_numpy(float) for each in columns}
    known = np.flatnonzero(np.isfinite(data["scale"]) & np.isfinite(data["score"]))
    order = known[np.argsort(data["scale"][known], kind="stable")]
    rows = pd.DataFrame({each: values[order] for each, values in data.items()})
    if not rows["scale"].is_unique:
        how = {each: "mean" for each in columns if each != "scale"}
        rows = rows.groupby("scale", as_index=False).agg(how | {"items": "sum"})
    floor = table["chance"].iloc[-1] if "chance" in table else 0.0
    name = f"{family}, {task}"
    return Ladder(source, name, task, family, unit, float(np.nan_to_num(floor)), rows, counted)


def _groups(table: pd.DataFrame, *keys: str) -> Iterator[tuple[list[str], pd.DataFrame]]:
    for values, rows in table.groupby(list(keys)):
        yield [str(value) for value in values], rows


def _effective_items(score: pd.Series, stderr: pd.Series) -> float:
    """Items that would give these standard errors, in the middle of the curve's models."""
    known = stderr > 0
    return float((score[known] * (1 - score[known]) / stderr[known] ** 2).median())


def _gpt3() -> Iterator[Ladder]:
    sums = datasets.load("gpt3_arithmetic").assign(items=lambda rows: rows["n_items"])
    rest = datasets.load("gpt3_other_tasks").assign(items=float(ASSUMED_ITEMS))
    for source, scores in (("GPT-3, arithmetic", sums), ("GPT-3, other tasks", rest)):
        table = scores[~scores["metric"].isin(NOT_A_SCORE)].assign(scale=scores["params"])
        for (task, metric, setting), rows in _groups(table, "task", "metric", "setting"):
            name = f"{task} {setting.replace('_', '-')}"
            name = name if metric in ("acc", "em") else f"{name} ({metric})"
            yield _ladder(source, "GPT-3", name, "parameters", rows, source == SOURCES[0])
    areas = datasets.load("gpt3_mmlu")
    areas = areas.assign(scale=areas["params"], score=areas["accuracy"])
    for (area,), rows in _groups(areas, "area"):
        whole = area == "average"
        scored = rows.assign(items=OPEN_ITEMS["MMLU"] if whole else ASSUMED_ITEMS)
        name = f"MMLU {area.replace('_', ' ')}"
        yield _ladder("GPT-3, MMLU", "GPT-3", name, "parameters", scored, counted=whole)


def _chain_of_thought() -> Iterator[Ladder]:
    table = datasets.load("cot_by_scale").dropna(subset=["params"])
    table = table.assign(scale=table["params"], score=table["solve_rate"])
    table = table.assign(items=table["benchmark"].map(COT_ITEMS))
    for (family, task, how), rows in _groups(table, "model_family", "benchmark", "prompting"):
        name = f"{task} {how.replace('_', ' ')}"
        yield _ladder("chain of thought", family, name, "parameters", rows)


@cache
def open_models() -> pd.DataFrame:
    """Return both tables of open models in one form.

    Returns
    -------
    DataFrame
        model, family, task, scale (training FLOP), score, chance, items, counted; suspect rows and
        models of unknown compute are left out.
    """
    hard = published.open_table("obs_scaling_emergent")
    metric = hard["metric"].where(hard["task"] == "ipa_transliterate", "")
    hard = hard.assign(
        task=hard["task"].str.cat(metric, sep=" ").str.strip(), items=hard["n_items"]
    )
    plain = published.open_table("obs_scaling_benchmarks")
    items = plain["benchmark"].map(OPEN_ITEMS)
    plain = plain.assign(task=plain["benchmark"], items=items.fillna(ASSUMED_ITEMS))
    hard, plain = hard.assign(counted=hard["metric"] != "bleu"), plain.assign(counted=items.notna())
    table = pd.concat([hard, plain])
    table = table.dropna(subset=["score"])
    columns = ["model", "family", "task", "scale", "score", "chance", "items", "counted"]
    return table.assign(scale=table["train_flops"])[columns].reset_index(drop=True)


def _open_models() -> Iterator[Ladder]:
    table = open_models()
    for (family, task), rows in _groups(table, "family", "task"):
        counted = bool(rows["counted"].all())
        yield _ladder("open models, one family", family, task, "FLOP", rows, counted)
    for (task,), rows in _groups(table, "task"):
        counted = bool(rows["counted"].all())
        yield _ladder("open models, pooled", "all open models", task, "FLOP", rows, counted)


def _olmo() -> Iterator[Ladder]:
    table = datasets.load("olmo_ladder_final")
    loss = table[table["metric"] == "bpb"].set_index(["run", "task"])["value"]
    table = table[table["metric"] == "acc_cloze"].set_index(["run", "task"]).assign(loss=loss)
    table = table.reset_index().assign(scale=lambda rows: rows["train_flops"])
    table = table.assign(score=table["value"], items=table["task"].map(OLMO_ITEMS))
    for (task,), rows in _groups(table, "task"):
        yield _ladder("OLMo ladder", "OLMo ladder", task, "FLOP", rows)
    table = datasets.load("olmo2_letter_vs_cloze").query("tokens > 0")
    table = table.assign(scale=table["tokens"], items=table["task"].map(OLMO_ITEMS))
    table = table.assign(loss=table["bpb"])
    for (model, task), rows in _groups(table, "model", "task"):
        for way in ("cloze", "letter"):
            scored = rows.assign(score=rows[f"acc_{way}"])
            yield _ladder("OLMo 2, training", model, f"{task} {way}", "tokens", scored)


def _pythia() -> Iterator[Ladder]:
    plain = datasets.load("pythia_checkpoints").assign(family="Pythia")
    deduped = datasets.load("pythia_checkpoints_deduped").assign(family="Pythia deduped")
    table = pd.concat([plain, deduped]).query("metric == 'acc' and tokens > 0")
    table = table.assign(score=table["value"], params=table["params_total"])
    for (family, task, shots), scores in _groups(table, "family", "task", "n_shot"):
        items = _effective_items(scores["score"], scores["stderr"])
        rows = scores.assign(items=items, scale=scores["params"])
        name = f"{task} {shots}-shot"
        last = rows[rows["step"] == rows["step"].max()]
        yield _ladder("Pythia, sizes", family, name, "parameters", last)
        for (model,), run in _groups(rows.assign(scale=rows["tokens"]), "model"):
            yield _ladder("Pythia, training", model, name, "tokens", run)


def _pythia_mathematics() -> Iterator[Ladder]:
    table = datasets.load("pythia_arithmetic_terms").query("step == 143000")
    # A first operand of 0 or 1 makes every product trivial.
    table = table[
        table["operand_range"].eq("0-99") & table["operation"].eq("addition")
        | table["operand_range"].eq("10-99") & table["operation"].eq("multiplication")
    ]
    table = table.assign(scale=table["params_total"], score=table["accuracy"])
    for (operation, shots), rows in _groups(table, "operation", "n_shot"):
        items = _effective_items(rows["score"], rows["se_clustered"])
        name = f"{operation} {shots}-shot"
        yield _ladder("Pythia, arithmetic", "Pythia", name, "parameters", rows.assign(items=items))
    table = datasets.load("pythia_pass_at_k").query("step == 143000 and k in (1, 16, 256)")
    table = table.assign(scale=table["params_total"], score=table["pass_at_k"])
    for (benchmark, k), rows in _groups(table, "benchmark", "k"):
        items = _effective_items(rows["score"], rows["se_over_problems"])
        name = f"{benchmark} pass@{k}"
        yield _ladder(
            "Pythia, sampled answers", "Pythia", name, "parameters", rows.assign(items=items)
        )


def _gadre() -> Iterator[Ladder]:
    models = datasets.load("gadre_models").assign(loss=lambda rows: rows["loss_c4"])
    tasks = datasets.load("gadre_tasks")
    table = datasets.load("gadre_downstream").merge(models, on="model").merge(tasks, on="task")
    table = table.assign(
        scale=table["train_flops"], score=table["accuracy"], items=table["n_items"]
    )
    for (data, task), rows in _groups(table, "dataset", "task"):
        yield _ladder("Gadre grid", data.removesuffix("_original"), task, "FLOP", rows)


_PARTS = (_gpt3, _chain_of_thought, _open_models, _olmo, _pythia, _pythia_mathematics, _gadre)
