"""Findings of the chapter "Detecting a transition": every shipped curve audited, and more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from emergence_lib import datasets, scores
from emergence_lib.audit import SHARP, Curve, Report, Verdict, audit_many, calibration
from emergence_lib.audit.assess import FEWEST, MOST, assess
from emergence_lib.fitting.batch import counts, stack
from emergence_lib.fitting.criteria import aicc
from emergence_lib.fitting.shapes import GOMPERTZ, LOGISTIC, Shape

Array = NDArray[np.float64]

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
"""Items of the public test sets; every OLMo accuracy is a whole number of these."""
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


@dataclass(frozen=True)
class Entry:
    """One curve of the shipped data.

    ``called`` says whether lists of emergent abilities hold it.
    """

    group: str
    task: str
    curve: Curve
    called: bool = False
    family: str = ""


def pooled(rows: pd.DataFrame, scale: str, score: str, items: str) -> tuple[Array, Array, Array]:
    """Return scale, score and items, with models of equal scale put together.

    Their right answers and their items are added up. Keeping the best of them instead would reward
    the places where many models were tried.
    """
    ordered = rows.assign(right=rows[score] * rows[items]).groupby(scale)[["right", items]].sum()
    count = ordered[items].to_numpy(float)
    return (
        ordered.index.to_numpy(float),
        np.clip(ordered["right"].to_numpy() / count, 0, 1),
        count,
    )


def _curve(
    name: str, rows: pd.DataFrame, scale: str, score: str, chance: float, unit: str
) -> Curve:
    x, y, items = pooled(rows, scale, score, "n_items")
    return Curve(name, x, y, items=items, chance=chance, unit=unit)


def _split(table: pd.DataFrame, *names: str) -> Iterator[tuple[list[str], pd.DataFrame]]:
    """Yield the rows that share the values of some columns, with these values, in file order."""
    for values, rows in table.groupby(list(names), sort=False):
        yield [str(value) for value in values], rows


def _gpt3() -> Iterator[Entry]:
    table = datasets.load("gpt3_arithmetic").dropna(subset=["score"])
    for (task,), rows in _split(table[table["setting"] == "few_shot"], "task"):
        curve = _curve(task, rows, "params", "score", 0.0, "parameters")
        yield Entry("GPT-3 arithmetic", task, curve, called=True)
    mmlu = datasets.load("gpt3_mmlu")
    rows = mmlu[mmlu["area"] == "average"].assign(n_items=OPEN_ITEMS["MMLU"])
    curve = _curve("MMLU", rows, "params", "accuracy", 0.25, "parameters")
    yield Entry("GPT-3 MMLU", "MMLU", curve, called=True)


def _word_problems() -> Iterator[Entry]:
    table = datasets.load("cot_by_scale").dropna(subset=["params"])
    for (family, task, prompting), rows in _split(table, "model_family", "benchmark", "prompting"):
        if len(rows) < 2:
            continue
        counted = rows.assign(n_items=COT_ITEMS[task])
        name = f"{task}, {'steps shown' if prompting == 'chain_of_thought' else 'plain'}"
        chance = float(rows["chance"].iloc[0])
        curve = _curve(name, counted, "params", "solve_rate", chance, "parameters")
        yield Entry("Word problems", name, curve, prompting == "chain_of_thought", family)


@cache
def open_models() -> pd.DataFrame:
    """Scores of open models of known compute, without suspect rows; one row a model and task."""
    tasks = datasets.load("obs_scaling_emergent")
    tests = datasets.load("obs_scaling_benchmarks").rename(columns={"benchmark": "task"})
    tests = tests[tests["task"].isin(OPEN_ITEMS)]
    tests = tests.assign(metric="accuracy", n_items=tests["task"].map(OPEN_ITEMS))
    both = pd.concat([tasks.assign(called=True), tests.assign(called=tests["task"].eq("MMLU"))])
    return both[~both["suspect"]].dropna(subset=["train_flops"])


def _open(rows: pd.DataFrame) -> tuple[str, Curve]:
    task, metric = rows["task"].iloc[0], rows["metric"].iloc[0]
    name = f"{task} ({metric})" if task == "ipa_transliterate" else task
    chance = float(rows["chance"].iloc[0])
    return name, _curve(name, rows, "train_flops", "score", chance, "FLOP")


def _pooled_open() -> Iterator[Entry]:
    for _, rows in _split(open_models(), "task", "metric"):
        name, curve = _open(rows)
        yield Entry("Open models", name, curve, bool(rows["called"].iloc[0]))


def _families() -> Iterator[Entry]:
    called = open_models().query("called")
    for (_, _, family), rows in _split(called, "task", "metric", "family"):
        if rows["train_flops"].nunique() >= 4:
            name, curve = _open(rows)
            yield Entry("Open models, family by family", name, curve, True, family)


def _gadre() -> Iterator[Entry]:
    table = datasets.load("gadre_downstream").merge(datasets.load("gadre_models"), on="model")
    tasks = datasets.load("gadre_tasks")[["task", "n_items", "chance"]]
    for (task,), rows in _split(table.merge(tasks, on="task"), "task"):
        chance = float(rows["chance"].iloc[0])
        curve = _curve(task, rows, "train_flops", "accuracy", chance, "FLOP")
        yield Entry("One recipe, 104 models", task, curve)


def _olmo() -> Iterator[Entry]:
    ladder = datasets.load("olmo_ladder_final")
    for (task,), rows in _split(ladder[ladder["metric"] == "acc_cloze"], "task"):
        counted = rows.assign(n_items=OLMO_ITEMS[task])
        chance = float(rows["chance"].iloc[0])
        curve = _curve(task, counted, "train_flops", "value", chance, "FLOP")
        yield Entry("OLMo ladder", task, curve)
    training = datasets.load("olmo2_letter_vs_cloze").query("tokens > 0")
    for (model, task), rows in _split(training, "model", "task"):
        counted = rows.assign(n_items=OLMO_ITEMS[task])
        chance = float(rows["chance"].iloc[0])
        cloze, letter = (
            _curve(f"{task}, {kind}", counted, "tokens", f"acc_{kind}", chance, "tokens")
            for kind in ("cloze", "letter")
        )
        twice = Curve(
            letter.name, letter.scale, letter.score, items=letter.items, chance=chance,
            unit="tokens", other=cloze,
        )  # fmt: skip
        yield Entry("OLMo 2 in training, letter", task, twice, family=model)
        yield Entry("OLMo 2 in training, cloze", task, cloze, family=model)


def _measured(name: str, rows: pd.DataFrame, score: str, stderr: str, chance: float) -> Curve:
    """Return a curve over the sizes of Pythia whose scores came with standard errors."""
    ladder = rows[rows[stderr] > 0].sort_values("params_total")
    sizes, scores, errors = ladder[["params_total", score, stderr]].to_numpy(float).T
    return Curve(name, sizes, scores, stderr=errors, chance=chance, unit="parameters")


def _pythia() -> Iterator[Entry]:
    """Yield Pythia's tasks at the end of training; a score of 0 with error 0 is left out."""
    table = datasets.load("pythia_checkpoints").query("metric == 'acc'")
    for (task, shots), rows in _split(
        table[table["step"] == table["step"].max()], "task", "n_shot"
    ):
        name, chance = f"{task}, {shots} shots", float(rows["chance"].iloc[0])
        yield Entry("Pythia", name, _measured(name, rows, "value", "stderr", chance))
    sums = datasets.load("pythia_arithmetic_terms").query(
        "n_shot == 16 and operand_range == '10-99'"
    )
    for (operation,), rows in _split(sums[sums["step"] == sums["step"].max()], "operation"):
        curve = _measured(operation, rows, "accuracy", "se_clustered", 0.0)
        yield Entry("Pythia", operation, curve)
    passed = datasets.load("pythia_pass_at_k").query("k == 1")
    for (test,), rows in _split(passed[passed["step"] == passed["step"].max()], "benchmark"):
        curve = _measured(test, rows, "pass_at_k", "se_over_problems", 0.0)
        yield Entry("Pythia", f"{test}, pass@1", curve)


GROUPS: tuple[Callable[[], Iterator[Entry]], ...] = (
    _gpt3,
    _word_problems,
    _pooled_open,
    _families,
    _gadre,
    _olmo,
    _pythia,
)


@cache
def entries() -> tuple[Entry, ...]:
    """Every curve of the shipped data whose scores are shares with a known error."""
    return tuple(entry for group in GROUPS for entry in group())


@cache
def reports() -> tuple[Report, ...]:
    """Return the audits of `entries`, in their order."""
    return tuple(audit_many([entry.curve for entry in entries()], thorough=False))


def verdicts() -> pd.DataFrame:
    """Return the audit of every curve: one row each.

    Returns
    -------
    DataFrame
        group, family, task, called, models, verdict, low and high (decades; NaN if open or without
        a rise), seen, leap, obstacle (why there is no verdict, or nothing).
    """
    rows = []
    for entry, report in zip(entries(), reports(), strict=True):
        width = report.width
        low, high = (None, None) if width is None else (width.low, width.high)
        rows.append(
            {
                "group": entry.group,
                "family": entry.family,
                "task": entry.task,
                "called": entry.called,
                "models": len(report.curve.scale),
                "verdict": str(report.verdict),
                "low": np.nan if low is None else low,
                "high": np.nan if high is None else high,
                "seen": report.seen,
                "leap": report.leap,
                "obstacle": obstacle(report),
            }
        )
    return pd.DataFrame(rows)


def obstacle(report: Report) -> str:
    """Name what kept an audit from a verdict; empty where it reached one."""
    if report.verdict is not Verdict.UNKNOWN:
        return ""
    if len(report.curve.scale) < FEWEST:
        return "fewer than four models"
    if report.width is None:
        return "no certain rise"
    low, high = report.width.low, report.width.high
    if high is not None and high <= SHARP:
        return "second metric undecided" if report.seen >= MOST else "less than half seen"
    if report.leap >= MOST:
        return "most of the rise in one gap"
    return "interval on both sides of a decade" if low is None or low < SHARP else "other"


def count(
    verdict: str = "", group: str = "", called: bool | None = None, obstacle: str = ""
) -> int:
    """Count audited curves; an argument left out selects all.

    Raises
    ------
    ValueError
        If no curve is in the group, or there is no such verdict or obstacle.
    """
    table = verdicts()
    known = {"verdict": tuple(map(str, Verdict)), "group": tuple(table["group"].unique())}
    known["obstacle"] = tuple(table["obstacle"].unique())
    chosen = np.ones(len(table), bool)
    for name, value in {"verdict": verdict, "group": group, "obstacle": obstacle}.items():
        if value:
            if value not in known[name]:
                raise ValueError(f"{name}: found {value!r}, want one of {', '.join(known[name])}")
            chosen &= (table[name] == value).to_numpy()
    if called is not None:
        chosen &= (table["called"] == called).to_numpy()
    return int(chosen.sum())


def report_of(group: str, task: str, family: str = "") -> Report:
    """Return the audit of one curve.

    Raises
    ------
    ValueError
        If it is not there, or the family does not single it out.
    """
    found = [
        report
        for entry, report in zip(entries(), reports(), strict=True)
        if (entry.group, entry.task) == (group, task) and family in ("", entry.family)
    ]
    if len(found) != 1:
        raise ValueError(f"task: {group!r}, {task!r}, {family!r} name {len(found)} curves, want 1")
    return found[0]


def summary() -> pd.DataFrame:
    """Count verdicts by group, as a page prints them."""
    table = verdicts()
    counted = pd.crosstab(table["group"], table["verdict"]).reindex(
        index=table["group"].unique(), columns=[str(each) for each in Verdict], fill_value=0
    )
    return counted.loc[:, counted.sum() > 0].rename_axis(columns=None).reset_index()


def obstacles() -> pd.DataFrame:
    """Count why curves that were called emergent got no verdict."""
    table = verdicts().query("called and obstacle != ''")
    counted = table["obstacle"].value_counts()
    return counted.rename_axis("obstacle").rename("curves").reset_index()


# What a ladder can tell.

MODELS = (4, 5, 6, 8, 12, 24)
ITEMS = (20, 100, 1000, 10_000)
WIDTHS = (0.3, 1.0, 3.0)
THRESHOLD = 8.1
"""log10 of the size half-way up, in the example; ladders run from 6 to 10."""


@dataclass(frozen=True)
class Ladder:
    """What some models and items tell about a rise of known width.

    Arrays are log10 of size and scores; ``low`` and ``high`` are decades, infinite or 0 where the
    data leave an end open; ``narrowest`` and ``widest`` are curves at those ends.
    """

    x: Array
    score: Array
    low: float
    high: float
    verdict: str
    narrowest: Array
    widest: Array


GRID = np.linspace(5.8, 10.2, 89)
"""log10 of the sizes at which the curves of a `Ladder` are given."""


def expected(width: float, models: int, items: int) -> tuple[Array, Array]:
    """Return log10 sizes and the whole numbers of right answers that come nearest to a logistic."""
    x = np.linspace(6, 10, models)
    z = LOGISTIC.spread / width * (x - THRESHOLD)
    return x, np.rint(LOGISTIC.parts(z)[0] * items) / items


@cache
def ladders() -> dict[tuple[int, int, float], Ladder]:
    """Audit every combination of `MODELS`, `ITEMS` and `WIDTHS` in one go."""
    keys = [(m, n, w) for m in MODELS for n in ITEMS for w in WIDTHS]
    made = [expected(w, m, n) for m, n, w in keys]
    batch = stack([counts(10**x, y, n) for (x, y), (_, n, _) in zip(made, keys, strict=True)])
    found = assess(batch)
    steep = found.steepness()
    result = {}
    for i, (key, (x, y)) in enumerate(zip(keys, made, strict=True)):
        rises = bool(found.rises[i])
        ends = [float(found.width.low[i]), float(found.width.high[i])] if rises else [0.02, 50.0]
        narrowest, widest = (_at_width(x, y, key[1], end) for end in ends)
        result[key] = Ladder(
            x=x,
            score=y,
            low=0.0 if not rises or found.width.open_low[i] else ends[0],
            high=np.inf if not rises or found.width.open_high[i] else ends[1],
            verdict=str({1: Verdict.SHARP, -1: Verdict.SMOOTH}.get(int(steep[i]), Verdict.UNKNOWN)),
            narrowest=narrowest,
            widest=widest,
        )
    return result


def _at_width(x: Array, score: Array, items: int, width: float) -> Array:
    """Return on `GRID` the likeliest sigmoid of a given width, its ceiling free."""
    threshold, ceiling = np.meshgrid(np.linspace(5, 11, 301), np.linspace(0.5, 1, 26))
    best = (np.inf, GRID)
    for shape in (LOGISTIC, GOMPERTZ):
        steep = shape.spread / width

        def rise(at: Array, shape: Shape = shape, steep: float = steep) -> Array:
            return ceiling * shape.parts(shape.middle + steep * (at[:, None, None] - threshold))[0]

        p = np.clip(rise(x), 1e-12, 1 - 1e-12)
        y = score[:, None, None]
        lost = -np.sum(items * (y * np.log(p) + (1 - y) * np.log1p(-p)), axis=0)
        if lost.min() < best[0]:
            at = np.unravel_index(lost.argmin(), lost.shape)
            best = (float(lost.min()), rise(GRID)[:, at[0], at[1]])
    return best[1]


def fewest_models(width: float, items: int) -> int:
    """Return the least of `MODELS` that settles a rise of a width, or 0 if none does."""
    settled = [m for m in MODELS if ladders()[m, items, width].verdict != str(Verdict.UNKNOWN)]
    return settled[0] if settled else 0


def near_step(width: float = 0.2, models: int = 8, items: int = 100, curves: int = 400) -> Array:
    """Return made scores of a logistic, (curves, models); its threshold varies over a decade."""
    rng = np.random.default_rng(16)
    x = np.linspace(6, 10, models)
    threshold = rng.uniform(7.5, 8.5, (curves, 1))
    p = LOGISTIC.parts(LOGISTIC.spread / width * (x - threshold))[0]
    return rng.binomial(items, p) / items


def r_squared(width: float = 0.2, models: int = 8) -> float:
    """Return the median R-squared of a straight line through made scores of a logistic."""
    x = np.linspace(6, 10, models)
    score = near_step(width, models)
    return float(np.median([stats.pearsonr(x, y).statistic ** 2 for y in score]))


def deviance_gap(width: float = 0.2, models: int = 8, items: int = 100) -> float:
    """Return the median of how much worse, in deviance, a straight line fits than a logistic."""
    batch = counts(
        np.broadcast_to(np.logspace(6, 10, models), (400, models)),
        near_step(width, models, items),
        items,
    )
    found = assess(batch, ceiling=1.0)
    return float(np.median(found.line.deviance - found.logistic.deviance))


def onset(items: float, exponent: float = 0.35, half: float = 1e10, right: float = 3.0) -> float:
    """Return the size at which a Gompertz curve is expected to give some right answers.

    The curve is ``exp(-C size**-exponent)``, one half at ``half``.
    """
    return float(half * (np.log(2) / -np.log(right / items)) ** (1 / exponent))


def onset_decades(few: float, many: float) -> float:
    """Return by how many decades of size `onset` moves between two numbers of items."""
    return float(np.log10(onset(few) / onset(many)))


def emergence_quantiles(
    kind: str, models: int, items: int = 100, curves: int = 2000
) -> tuple[float, float, float]:
    """Return 2.5%, 50% and 97.5% quantiles of the emergence score of made curves.

    Parameters
    ----------
    kind : str
        ``"noise"``: a flat 5%; ``"line"``: 10% to 90% in equal steps; ``"gradual"`` and
        ``"sharp"``: logistics of 3 and of 0.5 decades over four.
    models, items, curves : int

    Raises
    ------
    ValueError
        If there is no such kind.
    """
    x = np.linspace(6, 10, models)
    widths = {"gradual": 3.0, "sharp": 0.5}
    if kind == "noise":
        p = np.full(models, 0.05)
    elif kind == "line":
        p = np.linspace(0.1, 0.9, models)
    elif kind in widths:
        p = LOGISTIC.parts(LOGISTIC.spread / widths[kind] * (x - THRESHOLD))[0]
    else:
        raise ValueError(f"kind: found {kind!r}, want noise, line, gradual or sharp")
    made = np.random.default_rng(16).binomial(items, p, (curves, models)) / items
    found = np.abs(scores.emergence_score(made, undefined=np.inf))
    low, middle, high = np.quantile(found, [0.025, 0.5, 0.975], method="nearest")
    return float(low), float(middle), float(high)


# Calibration.


def calibrated(*, lucky: bool = False) -> pd.DataFrame:
    """Return the stored cells whose models have luck of their own, or those in which none has."""
    table = calibration.stored()
    return table[(table["scatter"] > 0) == lucky]


def gradual(*, lucky: bool = False) -> pd.DataFrame:
    """Return the cells whose truth is no sharp rise: a decade or more, or none."""
    table = calibrated(lucky=lucky)
    return table[table["width"] >= SHARP]


def false_sharp(width: float | None = None, *, lucky: bool = False) -> float:
    """Return how often what is not sharp was called so, over all cells or those of a width."""
    table = gradual(lucky=lucky)
    if width is not None:
        table = table[table["width"] == width]
    return float(table["sharp"].sum() / table["curves"].sum())


def worst_false_sharp(*, lucky: bool = False) -> float:
    """Return the highest share of false "sharp" in any one cell."""
    table = gradual(lucky=lucky)
    return float((table["sharp"] / table["curves"]).max())


def coverage(what: str = "width", *, fine: bool = True, lucky: bool = False) -> float:
    """Return how often an interval held the truth, over all rises of logistic or Gompertz shape.

    Parameters
    ----------
    what : str
        ``"width"`` or ``"threshold"``.
    fine : bool
        Cells with models close enough to bound the width from below, or the others.
    lucky : bool
        Cells whose models have luck of their own, or the others.
    """
    table = coverage_cells(what, lucky=lucky)
    table = table[table["fine"] == fine]
    return float(table["held"].sum() / table["rising"].sum())


def coverage_cells(what: str = "width", *, lucky: bool = False) -> pd.DataFrame:
    """Return coverage cell by cell: the stored columns with ``fine``, ``held`` and ``share``.

    ``fine`` marks cells in which fewer than one width interval in twenty reaches down to a step.
    """
    if what not in ("width", "threshold"):
        raise ValueError(f"what: found {what!r}, want width or threshold")
    table = calibrated(lucky=lucky)
    table = table[table["shape"].isin(["logistic", "Gompertz"]) & (table["rising"] > 0)]
    return table.assign(
        fine=table["width_open_low"] < 0.05 * table["rising"],
        held=table[f"{what}_covered"],
        share=table[f"{what}_covered"] / table["rising"],
    )


def power() -> pd.DataFrame:
    """Return the share of made curves that got a right verdict, by width, models and items.

    Logistic and Gompertz together, chance 0, ceiling 1, even ladders: "sharp" is right for 0.3
    decades, "smooth" for 3; at exactly one decade neither verdict should come often.
    """
    table = calibrated()
    plain = (table["chance"] == 0) & (table["ceiling"] == 1) & ~table["falls"] & ~table["uneven"]
    table = table[plain & table["shape"].isin(["logistic", "Gompertz"])]
    sums = table.groupby(["width", "models", "items"])[["sharp", "smooth", "curves"]].sum()
    decided = pd.DataFrame(
        {
            "sharp": sums["sharp"] / sums["curves"],
            "smooth": sums["smooth"] / sums["curves"],
        }
    )
    decided["undecided"] = 1 - decided.sum(axis=1)
    return decided.reset_index()


def decided(width: float, models: int, items: int) -> float:
    """Return the share of made curves of a cell of `power` that got a verdict at all."""
    table = power()
    (cell,) = np.flatnonzero(
        (table["width"] == width) & (table["models"] == models) & (table["items"] == items)
    )
    return float(1 - table["undecided"].to_numpy()[cell])


# By hand.


def loss_width(low: float = 0.1, high: float = 0.9) -> float:
    """Return the decades of training examples in which the loss of 4-digit addition falls."""
    table = datasets.load("addition4_from_scratch").sort_values("train_set_size")
    loss = table["test_cross_entropy"].to_numpy()
    return float(scores.transition_width(table["train_set_size"], -loss, low, high))


def loss_share() -> float:
    """Return `loss_width` as a share of the decades that were measured."""
    sizes = datasets.load("addition4_from_scratch")["train_set_size"]
    return loss_width() / float(np.log10(sizes.max() / sizes.min()))


def gap_decades() -> float:
    """Return the decades between GPT-3's two largest models."""
    sizes = report_of("GPT-3 arithmetic", "3D+").curve.scale
    return float(np.log10(sizes[-1] / sizes[-2]))


def width_end(report: Report, end: str) -> float:
    """Return an end of a report's width in decades, or infinity or 0 where it is open."""
    if report.width is None:
        raise ValueError("report: found no rise, want a curve with a width")
    value = report.width.low if end == "low" else report.width.high
    if value is None:
        return 0.0 if end == "low" else float("inf")
    return float(value)


def called_table() -> pd.DataFrame:
    """Return the audits of curves that were called emergent, as a page prints them."""
    table = verdicts().query("called")
    where = table["group"].where(table["family"] == "", table["group"] + ": " + table["family"])
    return pd.DataFrame(
        {
            "models": where,
            "task": table["task"],
            "scales": table["models"],
            "narrowest (decades)": table["low"],
            "widest (decades)": table["high"],
            "verdict": table["verdict"],
            "why not": table["obstacle"],
        }
    ).reset_index(drop=True)


def aicc_penalty(parameters: int, models: int) -> float:
    """Return what AICc adds to the deviance of a curve."""
    penalty = aicc(0.0, parameters, models)
    if penalty is None:
        raise ValueError(f"models: found {models}, want more than {parameters + 1}")
    return penalty


def gpt3_emergence_score(task: str) -> float:
    """Return the emergence score of a GPT-3 arithmetic task, few-shot."""
    return float(scores.emergence_score(report_of("GPT-3 arithmetic", task).curve.score))


def made_curves() -> int:
    """Return how many made curves the stored calibration holds."""
    return int(calibration.stored()["curves"].sum())


def made_kinds() -> int:
    """Return how many kinds of curves the stored calibration has."""
    return len(calibration.stored())
