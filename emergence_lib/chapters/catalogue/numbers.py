"""Numbers of "The catalogue": every claimed ability with its curve, or without one.

``verdicts.csv`` beside this file holds what the audit says of the curves whose number of items is
known; ``python -m emergence_lib.chapters.catalogue.numbers``, a part of ``make results``, writes it
anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from emergence_lib import datasets, ladders, published
from emergence_lib.audit import Curve, audit_many
from emergence_lib.laws import Array

STORED = Path(__file__).with_name("verdicts.csv")
LEVEL = 0.05
"""Largest p-value that still counts as evidence of more than chance."""
SMALL, LARGE = 1e10, 5e10
"""Parameters below which a model counts as small for chains of thought, and from which as large."""
BINS = np.array([20.0, 21, 21.5, 22, 22.5, 23, 23.5, 24])
"""log10 FLOP between which open models are averaged."""
NO_CURVE = "no per-size number found"
UNKNOWN = "n not in the table"

OPERATIONS = {"+": "Addition", "-": "Subtraction", "x": "Multiplication", "C": "Three-number sum"}
GROUPS = {
    "cloze_completion": "Ending a story",
    "closed_book_qa": "Recalling facts",
    "translation": "Translation",
    "winograd_style": "Coreference",
    "common_sense": "Common sense",
    "reading_comprehension": "Reading",
    "nli": "Entailment",
    "word_scrambling": "Unscrambling words",
    "analogies": "Analogy",
}
SUPERGLUE = {
    "CB": "Entailment",
    "COPA": "Cause and effect",
    "RTE": "Entailment",
    "WiC": "Word sense",
    "WSC": "Coreference",
}
"""The rest of this benchmark is reading."""
METRICS = {"acc": "accuracy", "em": "exact match", "f1": "F1", "bleu_mb": "BLEU"}
OPEN = {
    "arithmetic_2da": ("Addition", "two digits"),
    "arithmetic_3da": ("Addition", "three digits"),
    "arithmetic_3ds": ("Subtraction", "three digits"),
    "arithmetic_2dm": ("Multiplication", "two digits"),
    "word_unscrambling": ("Unscrambling words", "BIG-bench"),
    "ipa_transliterate exact_match": ("Transliteration", "phonetic script"),
    "ipa_transliterate bleu": ("Transliteration", "phonetic script"),
    "parsinlu_qa": ("Reading", "Persian, BIG-bench"),
    "MMLU": ("Exam questions", "MMLU, 57 subjects"),
    "GSM8K": ("Word problems", "GSM8K"),
}
TWICE = {
    "analogical_similarity": ("Analogy", "BIG-bench"),
    "conceptual_combinations": ("Combining concepts", "BIG-bench"),
    "hindu_knowledge": ("Recalling facts", "Hindu knowledge, BIG-bench"),
    "abstract_narrative_understanding": ("Reading", "picking the proverb, BIG-bench"),
}
"""Tasks of `wu_lo_overall` that no other table has."""
PILOT = {"conjunction-fallacy": "Resisting a fallacy", "syllogism": "Deduction"}
REPORTED = (
    ("Modular arithmetic", "modified arithmetic, BIG-bench", "GPT-3", 13e9, 2.3e22),
    ("Modular arithmetic", "modified arithmetic, BIG-bench", "LaMDA", 68e9, 1.3e23),
    ("Deduction", "logical deduction, BIG-bench", "GPT-3", 175e9, 3.1e23),
    ("Analogy", "analogical similarity, BIG-bench", "PaLM", 540e9, 2.5e24),
    ("Pragmatic inference", "indirect requests, implicature", "none named", np.nan, np.nan),
    ("In-context learning", "loss late in a text against early", "34 models", np.nan, np.nan),
)
"""Ability, task, family, parameters and FLOP where lists have it first.

[wei2022emergent; wei2022list]
"""
IN_A_TABLE = (
    "Addition/subtraction (3 digit)",
    "Addition/subtraction (4-5 digit)",
    "MMLU Benchmark (57 topic avg.)",
    "Chain-of-thought: Math word problems",
)
"""Entries of Wei's table whose whole curves the catalogue holds."""


@dataclass(frozen=True, eq=False)
class Entry:
    """One row of the catalogue; ``ladder`` names its curve in `ladders` where that has one.

    Scores are fractions; ``items`` is None where nobody says, ``chance`` NaN likewise.
    """

    ability: str
    task: str
    family: str
    metric: str
    scale: Array
    score: Array
    flops: Array
    """Training compute of each model, NaN where unknown."""
    items: Array | None = None
    chance: float = np.nan
    ladder: str = ""
    reported: tuple[float, float] = (np.nan, np.nan)
    """Parameters and FLOP of the model at which a list has it, for an entry without a curve."""

    @property
    def drawn(self) -> bool:
        """Whether there is a curve."""
        return len(self.scale) > 1

    @property
    def first(self) -> int | None:
        """Index of the smallest model that, with all larger ones, is not absent; None if none is.

        Absent: an exact binomial test, one-sided, against chance gives more than `LEVEL`.
        """
        if self.items is None or np.isnan(self.chance):
            return None
        right = np.rint(self.score * self.items)
        luck = stats.binom.sf(right - 1, np.rint(self.items), self.chance)
        present = np.logical_and.accumulate((luck <= LEVEL)[::-1])[::-1]
        return int(np.argmax(present)) if present.any() else None


def _gpt3() -> Iterator[Entry]:
    sums = datasets.load("gpt3_arithmetic").assign(group="arithmetic")
    table = pd.concat([sums, datasets.load("gpt3_other_tasks")])
    table = table[(table["setting"] == "few_shot") & table["metric"].isin(METRICS)]
    for key, scores in table.groupby(["group", "task"], sort=False):
        group, task = (str(each) for each in key)
        metric = "acc" if "acc" in set(scores["metric"]) else scores["metric"].iloc[0]
        rows = scores[scores["metric"] == metric].sort_values("params").dropna(subset=["score"])
        counted = group == "arithmetic"
        chance = float(rows["chance"].iloc[0])
        if counted:
            name = OPERATIONS[task[-1]]
            chance = np.nan if task == "1DC" else published.best_constant_guess(task)
        else:
            name = SUPERGLUE.get(task) or GROUPS.get(group, "Reading")
        yield Entry(
            name,
            f"{task}, few-shot",
            "GPT-3",
            "exact match" if counted else METRICS[metric],
            rows["params"].to_numpy(float),
            rows["score"].to_numpy(float),
            rows["train_flops"].to_numpy(float),
            rows["n_items"].to_numpy(float) if counted else None,
            chance,
            f"GPT-3, {task} few-shot" if counted else "",
        )


def _ladder(ladder: ladders.Ladder, ability: str, task: str, family: str, metric: str) -> Entry:
    known = ladder.unit == "FLOP"
    return Entry(
        ability,
        task,
        family,
        metric,
        ladder.scale,
        ladder.score,
        ladder.scale if known else np.full(len(ladder), np.nan),
        ladder.items,
        ladder.floor,
        ladder.name,
    )


def _elsewhere() -> Iterator[Entry]:
    average = ladders.one("GPT-3, MMLU average")
    yield _ladder(average, "Exam questions", "MMLU, 57 subjects", "GPT-3", "accuracy")
    for key, (ability, task) in OPEN.items():
        metric = "BLEU" if "bleu" in key else "exact match" if "exact" in key else "accuracy"
        ladder = ladders.one(f"all open models, {key}")
        yield _ladder(ladder, ability, task, "open models", metric)
    for family in ("LaMDA", "GPT-3"):
        ladder = ladders.one(f"{family}, GSM8K chain of thought")
        task = "GSM8K word problems" + (", later API models" if family == "GPT-3" else "")
        yield _ladder(ladder, "Chain of thought", task, family, "solve rate")
    rows = _chain("PaLM", "GSM8K", "chain_of_thought")
    empty = np.full(len(rows), np.nan)
    yield Entry(
        "Chain of thought",
        "GSM8K word problems",
        "PaLM",
        "solve rate",
        rows["params"].to_numpy(float),
        rows["solve_rate"].to_numpy(float),
        empty,
        np.full(len(rows), float(ladders.COT_ITEMS["GSM8K"])),
        0.0,
    )
    twice = datasets.load("wu_lo_overall").dropna(subset=["train_flops"])
    for key, (ability, task) in TWICE.items():
        rows = twice[twice["task"] == key].sort_values("train_flops")
        flops = rows["train_flops"].to_numpy(float)
        chance = float(rows["chance"].iloc[0])
        scores = rows["accuracy"].to_numpy(float)
        yield Entry(ability, task, "open models", "accuracy", flops, scores, flops, chance=chance)
    pilot = datasets.load("inverse_scaling_pilot").query("family == 'GPT-3' and n_shot == 0")
    for key, ability in PILOT.items():
        rows = pilot[pilot["task"] == key].sort_values("params")
        scale, score, items = rows[["params", "accuracy", "n_items"]].to_numpy(float).T
        task = f"{key.replace('-', ' ')}, pilot of 2022"
        empty = np.full(len(rows), np.nan)
        yield Entry(ability, task, "GPT-3", "accuracy", scale, score, empty, items, 0.5)
    gain = few_shot_gain()
    yield Entry(
        "In-context learning",
        "few-shot minus zero-shot, mean over tasks",
        "GPT-3",
        "difference of scores",
        gain["params"].to_numpy(float),
        gain["gain"].to_numpy(float),
        gain["train_flops"].to_numpy(float),
    )


def _reported() -> Iterator[Entry]:
    none = np.array([])
    for ability, task, family, params, flops in REPORTED:
        yield Entry(ability, task, family, "accuracy", none, none, none, reported=(params, flops))
    table = datasets.load("wei2022_emergence")
    table = table[~table["ability"].isin(IN_A_TABLE)]
    kinds = table["kind"].map({"augmented": "a way to prompt or tune", "few_shot": "few-shot"})
    sizes = table[["params", "train_flops"]].to_numpy(float)
    for name, kind, model, (params, flops) in zip(
        table["ability"], kinds, table["model"], sizes, strict=True
    ):
        yield Entry(name, kind, model, "", none, none, none, reported=(params, flops))


@cache
def entries() -> tuple[Entry, ...]:
    """Return the whole catalogue: GPT-3's few-shot table, other curves, reports without one."""
    return (*_gpt3(), *_elsewhere(), *_reported())


def audited() -> pd.DataFrame:
    """Audit every curve whose items are known (seconds); `verdicts` returns what this stored."""
    chosen = [each for each in entries() if each.drawn and each.items is not None]
    curves = []
    for each in chosen:
        # The audit of the ladders takes their own floor; a constant guess is for "absent" alone.
        chance = ladders.one(each.ladder).floor if each.ladder else each.chance
        name = f"{each.family}: {each.ability}, {each.task}, {each.metric}"
        curves.append(Curve(name, each.scale, each.score, items=each.items, chance=chance))
    reports = audit_many(curves, thorough=False)
    rows = [
        (report.curve.name, str(report.verdict), str(report.obstacle or "")) for report in reports
    ]
    return pd.DataFrame(rows, columns=["curve", "verdict", "obstacle"])


@cache
def verdicts() -> dict[str, tuple[str, str]]:
    """Return verdict and obstacle of the stored audit by the name that `audited` gives a curve."""
    table = pd.read_csv(STORED, keep_default_na=False)
    found = zip(table["verdict"], table["obstacle"], strict=True)
    return dict(zip(table["curve"], found, strict=True))


def verdict(entry: Entry) -> tuple[str, str]:
    """Return what the audit says of an entry, and what keeps it from saying more."""
    if not entry.drawn:
        return "not audited", NO_CURVE
    if entry.items is None:
        return "not audited", UNKNOWN
    found, why = verdicts()[f"{entry.family}: {entry.ability}, {entry.task}, {entry.metric}"]
    return ("undecided" if found == "too little data to say" else found), why


def order() -> dict[str, list[float]]:
    """Return what the columns of `pictures.printed` are sorted by where it is no word."""

    def flops(entry: Entry) -> float:
        at = entry.first if entry.drawn else None
        return entry.reported[1] if not entry.drawn else np.nan if at is None else entry.flops[at]

    return {
        "curve": [e.score[-1] - e.score[0] if e.drawn else np.nan for e in entries()],
        "scored by": [np.nan if e.items is None else float(np.median(e.items)) for e in entries()],
        "first seen at, at most": [float(flops(entry)) for entry in entries()],
    }


def curves() -> list[tuple[Array, Array, float] | None]:
    """Return scale, score and chance of each entry, None where it has no curve."""
    return [(e.scale, e.score, e.chance) if e.drawn else None for e in entries()]


def count(*, drawn: bool | None = None, counted: bool = False, said: str = "") -> int:
    """Count entries: with or without a curve, of known items, of a verdict."""
    return sum(
        (drawn is None or each.drawn == drawn)
        and (not counted or each.items is not None)
        and (not said or verdict(each)[0] == said)
        for each in entries()
    )


def one(ability: str, task: str, family: str = "GPT-3") -> Entry:
    """Return the entry of an ability whose task begins so.

    Raises
    ------
    ValueError
        If there is not exactly one.
    """
    found = [
        each
        for each in entries()
        if (each.ability, each.family) == (ability, family) and each.task.startswith(task)
    ]
    if len(found) != 1:
        raise ValueError(f"task: {len(found)} entries of {ability!r} begin with {task!r}, want one")
    return found[0]


def by_13b(kind: str) -> Array:
    """Return the share of the rise from GPT-3's smallest to its largest model that 13B has done.

    Parameters
    ----------
    kind : str
        ``"arithmetic"`` (of known items) or ``"other"``; one value for each few-shot task.
    """
    chosen = [
        e.score
        for e in entries()
        if e.task.endswith("few-shot")
        and e.family == "GPT-3"
        and len(e.scale) == len(published.SIZES)
        and (e.items is not None) == (kind == "arithmetic")
    ]
    return np.array([(y[-2] - y[0]) / (y[-1] - y[0]) for y in chosen])


def middle(kind: str) -> float:
    """Return the median of `by_13b`."""
    return float(np.median(by_13b(kind)))


def few_shot_gain() -> pd.DataFrame:
    """Return GPT-3's mean gain from examples in the prompt, one row a model, smallest first.

    Returns
    -------
    DataFrame
        params, train_flops, gain (few-shot minus zero-shot, a fraction, over all tasks outside
        arithmetic that have both).
    """
    table = datasets.load("gpt3_other_tasks")
    table = table[table["metric"].isin(METRICS)]
    keys = ["params", "train_flops", "task", "metric"]
    wide = table.pivot(index=keys, columns="setting", values="score").dropna()
    gain = (wide["few_shot"] - wide["zero_shot"]).rename("gain")
    return gain.groupby(["params", "train_flops"]).mean().reset_index()


def _chain(family: str, benchmark: str, prompting: str) -> pd.DataFrame:
    table = datasets.load("cot_by_scale").dropna(subset=["params"])
    chosen = table[["model_family", "benchmark", "prompting"]] == [family, benchmark, prompting]
    return table[chosen.all(axis=1)].sort_values("params")


@cache
def chain_of_thought() -> pd.DataFrame:
    """Return what worked steps in the examples add to the solve rate.

    Returns
    -------
    DataFrame
        family, params, benchmark, plain, steps (solve rates), gain, error (standard error of the
        gain if the two answers to a problem were independent); models of known size.
    """
    table = datasets.load("cot_by_scale").dropna(subset=["params"])
    keys = ["model_family", "params", "benchmark"]
    wide = table.pivot(index=keys, columns="prompting", values="solve_rate").reset_index()
    items = wide["benchmark"].map(ladders.COT_ITEMS)
    plain, steps = wide["standard"], wide["chain_of_thought"]
    error = np.sqrt((plain * (1 - plain) + steps * (1 - steps)) / items)
    return pd.DataFrame(
        {
            "family": wide["model_family"],
            "params": wide["params"],
            "benchmark": wide["benchmark"],
            "plain": plain,
            "steps": steps,
            "gain": steps - plain,
            "error": error,
        }
    )


def gains(low: float = 0.0, high: float = np.inf) -> Array:
    """Return the gains of `chain_of_thought` for models of so many parameters, without UL2."""
    table = chain_of_thought()
    chosen = table["params"].between(low, high) & (table["family"] != "UL2")
    return table.loc[chosen, "gain"].to_numpy()


def rates(family: str, params: float, benchmark: str = "GSM8K") -> pd.Series:
    """Return the row of `chain_of_thought` of one model and set."""
    table = chain_of_thought()
    key = (table["family"], table["params"], table["benchmark"])
    (row,) = np.flatnonzero((key[0] == family) & (key[1] == params) & (key[2] == benchmark))
    return table.iloc[row]


def gsm_gains(family: str) -> Array:
    """Return in points what steps add on GSM8K, smallest model of a family first."""
    chosen = chain_of_thought().query("family == @family and benchmark == 'GSM8K'")
    return 100 * chosen.sort_values("params")["gain"].to_numpy()


def first_millions(ability: str, task: str) -> float:
    """Return where GPT-3 is first seen at a task, in millions of parameters; NaN if nowhere."""
    entry = one(ability, task)
    return np.nan if entry.first is None else float(entry.scale[entry.first]) / 1e6


def answer_bias(first: float, says_first: float) -> float:
    """Return the accuracy of a model that says the first option at one rate, whatever it is asked.

    Parameters
    ----------
    first : float
        Share of items whose right answer is the first of two options.
    says_first : float
        Share of items to which the model says so.
    """
    return first * says_first + (1 - first) * (1 - says_first)


def pilot(task: str, shots: int = 0, family: str = "GPT-3") -> pd.DataFrame:
    """Return the pilot runs of one task and family, smallest model first."""
    table = datasets.load("inverse_scaling_pilot")
    chosen = (table["task"] == task) & (table["n_shot"] == shots) & (table["family"] == family)
    return table[chosen].sort_values("params", ignore_index=True)


@cache
def groups(task: str) -> pd.DataFrame:
    """Return the mean target-conditioned Brier score by group of compute and tenth of items.

    The groups, rows from 0, lie between neighbouring values of `BINS`.
    """
    table = datasets.load("wu_lo_groups").query("task == @task")
    group = np.digitize(np.log10(table["train_flops"].to_numpy()), BINS, right=True) - 1
    means = table.groupby([group, "difficulty_rank"])["tc_brier_brier_ranked"].mean()
    return means.unstack()


@dataclass(frozen=True, eq=False)
class Bend:
    """A broken line against a straight one through scores over log10 FLOP, by least squares.

    ``gain`` is how much AIC prefers the broken line; ``at`` the break, log10 FLOP; ``before`` and
    ``after`` its slopes per decade; ``start`` its height at the first model.
    """

    gain: float
    at: float
    before: float
    after: float
    start: float


@cache
def twice(task: str) -> pd.DataFrame:
    """Return log10 FLOP, accuracy and Brier score of the open models on one task, rising."""
    table = datasets.load("wu_lo_overall").query("task == @task").dropna(subset=["train_flops"])
    table = table.sort_values("train_flops", ignore_index=True)
    return table.assign(x=np.log10(table["train_flops"]))[["x", "accuracy", "tc_brier", "model"]]


@cache
def bend(task: str, score: str) -> Bend:
    """Fit both lines to ``"accuracy"`` or ``"tc_brier"`` of one task of `wu_lo_overall`."""
    x, y = twice(task)[["x", score]].to_numpy(float).T
    straight = np.column_stack([np.ones_like(x), x - x[0]])
    left = np.sum((y - straight @ np.linalg.lstsq(straight, y)[0]) ** 2)
    best = (np.inf, 0.0, np.zeros(3))
    # At least four models on either side of the break.
    for at in np.linspace(x[4], x[-5], 201):
        broken = np.column_stack([straight, np.maximum(x - at, 0)])
        found = np.linalg.lstsq(broken, y)[0]
        best = min(best, (np.sum((y - broken @ found) ** 2), at, found), key=lambda each: each[0])
    rest, at, (start, before, more) = best
    return Bend(
        float(len(x) * np.log(left / rest) - 4),  # two parameters more
        float(at),
        float(before),
        float(before + more),
        float(start),
    )


def bends() -> pd.DataFrame:
    """Return `bend` of every task under both scores: task, accuracy, tc_brier (gains of AIC)."""
    tasks = sorted(datasets.load("wu_lo_overall")["task"].unique())
    rows = [
        [task, *(bend(task, score).gain for score in ("accuracy", "tc_brier"))] for task in tasks
    ]
    return pd.DataFrame(rows, columns=["task", "accuracy", "tc_brier"])


def worse_with_steps() -> Iterable[str]:
    """Return the subtasks of BIG-bench Hard on which Codex loses by showing its steps."""
    table = datasets.load("bbh_codex_direct_vs_cot")
    return list(table.loc[table["gain"] < 0, "task"])


if __name__ == "__main__":
    audited().to_csv(STORED, index=False)
