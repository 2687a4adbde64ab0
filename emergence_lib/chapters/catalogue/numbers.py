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

from emergence_lib import datasets, ladders, published, scores
from emergence_lib.audit import Curve, audit_many
from emergence_lib.fitting import bent
from emergence_lib.laws import Array

STORED = Path(__file__).with_name("verdicts.csv")
SMALL, LARGE = 1e10, 5e10
"""Parameters below which a model counts as small for chains of thought, and from which as large."""
BINS = np.array([20.0, 21, 21.5, 22, 22.5, 23, 23.5, 24])
"""log10 FLOP between which open models are averaged."""
NO_CURVE = "we hold no numbers per size"
UNKNOWN = "n not in the table"
NO_SHARE = "not a share of items"
PARTS = ("BLEU", "F1", "difference of scores")
"""Metrics that are no counts of right answers: no test that counts answers applies."""

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
WRITTEN = ("Recalling facts", "Unscrambling words")
WHOLE = ("LAMBADA", "SQuADv2")
"""Abilities, and tasks of others, in which GPT-3 writes an answer that counts only as a whole."""
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
STEPS = {
    "LaMDA": "GSM8K word problems",
    "GPT-3": "GSM8K word problems, later API models",
    "PaLM": "GSM8K word problems",
}
"""Families with and without worked steps; UL2 has one size."""
PILOT = {"conjunction-fallacy": "Resisting a fallacy", "syllogism": "Deduction"}
ONE_ANSWER = ("syllogism",)
"""Pilot tasks whose every item has the same words for its right answer."""
REPORTED = (
    ("Modular arithmetic", "modified arithmetic, BIG-bench", "GPT-3", "accuracy", 13e9, 2.3e22),
    ("Modular arithmetic", "modified arithmetic, BIG-bench", "LaMDA", "accuracy", 68e9, 1.3e23),
    ("Deduction", "logical deduction, BIG-bench", "GPT-3", "accuracy", 175e9, 3.1e23),
    ("Analogy", "analogical similarity, BIG-bench", "PaLM", "accuracy", 540e9, 2.5e24),
    ("Pragmatic inference", "indirect requests, implicature", "", "accuracy", np.nan, np.nan),
    ("In-context learning", "loss late in a text against early", "", "loss", np.nan, np.nan),
)
"""Ability, task, family (if one is named), metric, parameters and FLOP where lists have it first.

[wei2022emergent; wei2022list]
"""
IN_A_TABLE = (
    "Addition/subtraction (3 digit)",
    "Addition/subtraction (4-5 digit)",
    "MMLU Benchmark (57 topic avg.)",
)
"""Entries of Wei's table whose whole curves the catalogue holds, under the same criterion."""


@dataclass(frozen=True, eq=False)
class Entry:
    """One row of the catalogue.

    Attributes
    ----------
    ability, task, family, metric : str
    rows : DataFrame
        scale (rising), score (fractions) and, where known, items and flops; empty without a curve.
    chance : float
        Score of a guess, NaN where nobody says.
    ladder : str
        Name of the same curve in `ladders`, if it is there.
    reported : tuple of float
        Parameters and FLOP where a list has it first, for an entry without a curve.
    habit : bool
        Whether all items have one right answer, so that saying it always is enough.
    """

    ability: str
    task: str
    family: str
    metric: str
    rows: pd.DataFrame
    chance: float = np.nan
    ladder: str = ""
    reported: tuple[float, float] = (np.nan, np.nan)
    habit: bool = False

    @property
    def scale(self) -> Array:
        """Parameters, or FLOP of open models."""
        return self.rows["scale"].to_numpy(float)

    @property
    def score(self) -> Array:
        """Fractions."""
        return self.rows["score"].to_numpy(float)

    @property
    def items(self) -> Array | None:
        """Number of test items of each model, None where unknown."""
        return self.rows["items"].to_numpy(float) if "items" in self.rows else None

    @property
    def drawn(self) -> bool:
        """Whether there is a curve."""
        return len(self.rows) > 0

    @property
    def first(self) -> int | None:
        """Place of `scores.first_seen`; None too where chance or items are unknown."""
        if self.items is None or np.isnan(self.chance):
            return None
        right, items = np.rint(self.score * self.items), np.rint(self.items)
        return scores.first_seen(scores.is_absent(right, items, self.chance))


def _rows(table: pd.DataFrame, **columns: str) -> pd.DataFrame:
    """Pick columns by their new names; smallest scale first."""
    picked = table[list(columns.values())].set_axis(list(columns), axis=1)
    return picked.dropna().sort_values("scale", ignore_index=True)


def _gpt3() -> Iterator[Entry]:
    sums = datasets.load("gpt3_arithmetic").assign(group="arithmetic")
    table = pd.concat([sums, datasets.load("gpt3_other_tasks")])
    table = table[(table["setting"] == "few_shot") & table["metric"].isin(METRICS)]
    known = {"scale": "params", "score": "score", "flops": "train_flops"}
    for key, scored in table.groupby(["group", "task"], sort=False):
        group, task = (str(each) for each in key)
        metric = "acc" if "acc" in set(scored["metric"]) else scored["metric"].iloc[0]
        chosen, label = scored[scored["metric"] == metric], f"{task}, few-shot"
        if group == "arithmetic":
            name, ladder = OPERATIONS[task[-1]], f"GPT-3, {task} few-shot"
            chance = np.nan if task == "1DC" else published.best_constant_guess(task)
            rows = _rows(chosen, **known, items="n_items")
            yield Entry(name, label, "GPT-3", "exact match", rows, chance, ladder)
        else:
            name = SUPERGLUE.get(task) or GROUPS.get(group, "Reading")
            chance, rows = float(chosen["chance"].iloc[0]), _rows(chosen, **known)
            yield Entry(name, label, "GPT-3", METRICS[metric], rows, chance)


def _gpt3_flops(parameters: float) -> float:
    """Return the training compute of the GPT-3 model that is nearest in size."""
    known = datasets.load("gpt3_arithmetic").groupby("params")["train_flops"].first()
    away = np.abs(np.log(known.index.to_numpy(float) / parameters))
    return float(known.iloc[int(away.argmin())])


def _elsewhere() -> Iterator[Entry]:
    average = ladders.one("GPT-3, MMLU average")
    where = ("Exam questions", "MMLU, 57 subjects", "GPT-3", "accuracy")
    rows = average.rows.assign(flops=[_gpt3_flops(each) for each in average.scale])
    yield Entry(*where, rows, average.floor, average.name)
    for key, named in OPEN.items():
        metric = "BLEU" if "bleu" in key else "exact match" if "exact" in key else "accuracy"
        pool = ladders.one(f"all open models, {key}")
        rows, ladder = pool.rows.assign(flops=pool.scale), pool.name
        if metric in PARTS:
            rows, ladder = rows.drop(columns="items"), ""
        yield Entry(*named, "open models", metric, rows, pool.floor, ladder)
    for family, task in STEPS.items():
        solved = _rows(steps(family), scale="params", score="steps", items="items")
        ladder = f"{family}, GSM8K chain of thought" if len(solved) >= ladders.FEWEST else ""
        yield Entry("Chain of thought", task, family, "solve rate", solved, 0.0, ladder)
    twice = datasets.load("wu_lo_overall").assign(flops=lambda each: each["train_flops"])
    for key, named in TWICE.items():
        chosen = twice[twice["task"] == key]
        rows = _rows(chosen, scale="train_flops", score="accuracy", flops="flops")
        yield Entry(*named, "open models", "accuracy", rows, float(chosen["chance"].iloc[0]))
    for key, ability in PILOT.items():
        rows = _rows(pilot(key), scale="params", score="accuracy", items="n_items")
        task = f"{key.replace('-', ' ')}, pilot of 2022"
        only_one = key in ONE_ANSWER
        yield Entry(ability, task, "GPT-3", "accuracy", rows, 0.5, habit=only_one)
    gain = _rows(few_shot_gain(), scale="params", score="gain", flops="train_flops")
    task = "few-shot minus zero-shot, mean over tasks"
    yield Entry("In-context learning", task, "GPT-3", "difference of scores", gain)


def _reported() -> Iterator[Entry]:
    none = pd.DataFrame({"scale": [], "score": []})
    for ability, task, family, metric, *where in REPORTED:
        yield Entry(ability, task, family, metric, none, reported=(where[0], where[1]))
    table = datasets.load("wei2022_emergence")
    table = table[~table["ability"].isin(IN_A_TABLE)]
    kinds = table["kind"].map({"augmented": "a way to prompt or tune", "few_shot": "few-shot"})
    sizes = table[["params", "train_flops"]].to_numpy(float)
    for name, kind, model, (params, flops) in zip(
        table["ability"], kinds, table["model"], sizes, strict=True
    ):
        yield Entry(name, kind, model, "", none, reported=(params, flops))


@cache
def entries() -> tuple[Entry, ...]:
    """Return the whole catalogue: GPT-3's few-shot table, other curves, reports without one."""
    return (*_gpt3(), *_elsewhere(), *_reported())


def audited() -> pd.DataFrame:
    """Audit every curve whose items are known (seconds); `verdicts` returns what this stored."""
    curves = [
        Curve(
            _name(each),
            each.scale,
            each.score,
            items=each.items,
            # Ladders have their own floor; the best constant guess is for "absent" alone.
            chance=ladders.one(each.ladder).floor if each.ladder else each.chance,
        )
        for each in entries()
        if each.items is not None
    ]
    reports = audit_many(curves, thorough=False)
    rows = [(each.curve.name, str(each.verdict), str(each.obstacle or "")) for each in reports]
    return pd.DataFrame(rows, columns=["curve", "verdict", "obstacle"])


def _name(entry: Entry) -> str:
    return f"{entry.family}: {entry.ability}, {entry.task}, {entry.metric}"


@cache
def verdicts() -> dict[str, tuple[str, str]]:
    """Return verdict and obstacle of the stored audit by the name that `audited` gives a curve."""
    table = pd.read_csv(STORED, keep_default_na=False)
    found = zip(table["verdict"], table["obstacle"], strict=True)
    return dict(zip(table["curve"], found, strict=True))


def verdict(entry: Entry) -> tuple[str, str]:
    """Return what the audit says of an entry, and what keeps it from saying more."""
    if not entry.drawn:
        return "not audited", ""
    if entry.items is None:
        return "not audited", NO_SHARE if entry.metric in PARTS else UNKNOWN
    return verdicts()[_name(entry)]


def order() -> dict[str, list[float]]:
    """Return what the columns of `pictures.printed` are sorted by where it is no word."""

    def flops(entry: Entry) -> float:
        if not entry.drawn:
            return entry.reported[1]
        at = entry.first
        known = at is not None and "flops" in entry.rows
        return float(entry.rows["flops"].to_numpy()[at]) if known else np.nan

    return {
        "curve": [e.score[-1] - e.score[0] if e.drawn else np.nan for e in entries()],
        "scored by": [np.nan if e.items is None else float(np.median(e.items)) for e in entries()],
        "first seen at": [flops(entry) for entry in entries()],
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


def printed_items() -> int:
    """Count the curves whose number of items their own table prints, not worked out elsewhere."""
    printed = ("exact match, GPT-3", "accuracy, GPT-3")
    return sum(
        each.items is not None
        and f"{each.metric}, {each.family}" in printed
        and (each.task.endswith("few-shot") or "pilot" in each.task)
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


def kind(entry: Entry) -> str:
    """Return what a few-shot task of GPT-3 asks for: arithmetic, whole answers, or less than that.

    ``"arithmetic"`` and ``"whole"`` count an answer only if the model writes all of it;
    ``"partial"`` gives marks for parts, or for picking an option.
    """
    if entry.ability in OPERATIONS.values():
        return "arithmetic"
    written = entry.metric in ("accuracy", "exact match") and entry.ability in WRITTEN
    return "whole" if written or entry.task.startswith(WHOLE) else "partial"


def few_shot() -> list[Entry]:
    """Return GPT-3's few-shot tasks with all eight models."""
    return [
        each
        for each in entries()
        if each.task.endswith("few-shot")
        and each.family == "GPT-3"
        and len(each.scale) == len(published.SIZES)
    ]


def by_13b(*kinds: str) -> Array:
    """Return the share of the rise from GPT-3's smallest to its largest model that 13B has done.

    Parameters
    ----------
    *kinds : str
        Of `kind`; one value for each few-shot task.
    """
    chosen = [each.score for each in few_shot() if kind(each) in kinds]
    return np.array([(y[-2] - y[0]) / (y[-1] - y[0]) for y in chosen])


def middle(*kinds: str) -> float:
    """Return the median of `by_13b`."""
    return float(np.median(by_13b(*kinds)))


def straight_by_13b() -> float:
    """Return the share of the way from 125M to 175B, in decades, at which 13B lies."""
    low, middle, high = (published.gpt3_parameters(size) for size in ("125M", "13B", "175B"))
    return float(np.log(middle / low) / np.log(high / low))


def last_gap() -> float:
    """Return how far GPT-3's two largest models lie apart, in decades of parameters."""
    return float(np.log10(published.gpt3_parameters("175B") / published.gpt3_parameters("13B")))


def few_shot_gain() -> pd.DataFrame:
    """Return GPT-3's mean gain from examples in the prompt, one row a model, smallest first.

    Returns
    -------
    DataFrame
        params, train_flops, gain (few-shot minus zero-shot, a fraction, over all tasks outside
        arithmetic that have both, each task in one metric).
    """
    table = datasets.load("gpt3_other_tasks")
    table = table[table["metric"].isin(METRICS)]
    has_accuracy = table.groupby("task")["metric"].transform(lambda each: "acc" in set(each))
    first = table.groupby("task")["metric"].transform("first")
    table = table[table["metric"] == first.where(~has_accuracy, "acc")]
    keys = ["params", "train_flops", "task", "metric"]
    wide = table.pivot(index=keys, columns="setting", values="score").dropna()
    gain = (wide["few_shot"] - wide["zero_shot"]).rename("gain")
    return gain.groupby(["params", "train_flops"]).mean().reset_index()


@cache
def chain_of_thought() -> pd.DataFrame:
    """Return what worked steps in the examples add to the solve rate.

    Returns
    -------
    DataFrame
        family (of `STEPS`), params, benchmark, plain, steps (solve rates), items, gain, error
        (standard error of the gain if the two answers to a problem were independent).
    """
    table = datasets.load("cot_by_scale").rename(columns={"model_family": "family"})
    table = table[table["family"].isin(STEPS)]
    keys = ["family", "params", "benchmark"]
    wide = table.pivot(index=keys, columns="prompting", values="solve_rate").reset_index()
    wide = wide.rename(columns={"standard": "plain", "chain_of_thought": "steps"})
    plain, steps, items = wide["plain"], wide["steps"], wide["benchmark"].map(ladders.COT_ITEMS)
    error = np.sqrt((plain * (1 - plain) + steps * (1 - steps)) / items)
    return wide.assign(items=items, gain=steps - plain, error=error)


def steps(family: str) -> pd.DataFrame:
    """Return the rows of `chain_of_thought` of a family on GSM8K, smallest model first."""
    return chain_of_thought().query("family == @family and benchmark == 'GSM8K'")


def rates(family: str, params: float) -> pd.Series:
    """Return the row of `steps` of one model."""
    rows = steps(family)
    return rows[rows["params"] == params].iloc[0]


def gains(low: float = 0.0, high: float = np.inf) -> Array:
    """Return the gains of `chain_of_thought` for models of so many parameters."""
    table = chain_of_thought()
    return table.loc[table["params"].between(low, high), "gain"].to_numpy()


def decided(sign: int, low: float = 0.0, high: float = np.inf) -> int:
    """Count the gains of a sign, for models of so many parameters, that exceed two errors."""
    table = chain_of_thought()
    table = table[table["params"].between(low, high)]
    return int((sign * table["gain"] > 2 * table["error"]).sum())


def at_8b(family: str, sign: int) -> int:
    """Count the sets of problems on which steps move a family's 8-billion model in a direction."""
    table = chain_of_thought().query("family == @family and params == 8e9")
    return int((sign * table["gain"] > 0).sum())


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
    table = _grouped(task)
    means = table.groupby(["group", "difficulty_rank"])["tc_brier_brier_ranked"].mean()
    return means.unstack()


def group_sizes(task: str) -> list[int]:
    """Return how many models are in each group of `groups`."""
    return [int(each) for each in _grouped(task).groupby("group")["model"].nunique()]


def _grouped(task: str) -> pd.DataFrame:
    table = datasets.load("wu_lo_groups").query("task == @task")
    group = np.digitize(np.log10(table["train_flops"].to_numpy()), BINS, right=True) - 1
    return table.assign(group=group)


@cache
def bend(task: str, score: str) -> bent.Bend:
    """Fit both lines to ``"accuracy"`` or ``"tc_brier"`` of one task of `wu_lo_overall`."""
    table = published.twice(task)
    return bent.bend(table["x"], table[score])


def bends() -> pd.DataFrame:
    """Return `bend` of every task under both scores: task, accuracy, tc_brier (gains of AICc)."""
    tasks = sorted(datasets.load("wu_lo_overall")["task"].unique())
    rows = [
        [task, *(bend(task, score).gain for score in ("accuracy", "tc_brier"))] for task in tasks
    ]
    return pd.DataFrame(rows, columns=["task", "accuracy", "tc_brier"])


def apart() -> Array:
    """Return how many decades the two bends of a task lie apart, where both scores have one."""
    both = bends().query("accuracy > 0 and tc_brier > 0")["task"]
    return np.array([abs(bend(each, "accuracy").at - bend(each, "tc_brier").at) for each in both])


def worse_with_steps() -> Iterable[str]:
    """Return the subtasks of BIG-bench Hard on which Codex loses by showing its steps."""
    table = datasets.load("bbh_codex_direct_vs_cot")
    return list(table.loc[table["gain"] < 0, "task"])


if __name__ == "__main__":
    audited().to_csv(STORED, index=False)
