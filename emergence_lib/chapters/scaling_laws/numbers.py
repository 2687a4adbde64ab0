"""Numbers of "The scaling-laws paradox": the loss law refitted, term by term, and its limits."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import product
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import optimize

from emergence_lib import datasets, laws, published
from emergence_lib.fitting import chinchilla
from emergence_lib.forecasts import methods
from emergence_lib.ladders import Ladder
from emergence_lib.laws import Array

DRAWS = 200
"""Bootstrap draws."""
SMALL = 1e20
"""Compute (FLOP) of the largest run that the forecast of larger ones may use."""
LARGE = 1e21
"""Compute (FLOP) above which runs are forecast."""
CHINCHILLA = (70e9, 1.4e12)
"""Parameters and tokens of the model that the law was made for [hoffmann2022training]."""
WORKED = {"100M": (1e8, 2e9), "1B": (1e9, 2e10), "70B": CHINCHILLA}
"""Models on which a doubling is worked out, 20 tokens a parameter each."""
STARTS = [
    np.array([e, a, b, 0.5, 0.5]) for e, a, b in product((-1, -0.5, 0, 0.5, 1), (5, 10), (5, 10))
]
"""Starts (ln E, ln A, ln B, alpha, beta), a corner of the 4,500 of hoffmann2022training."""
RULES = {"mean of the losses": 1 / 240, "sum of the losses": 1.0, "sum in units of its own": 1e6}
"""Three units of one objective; the last divides the sum by the square of `chinchilla.DELTA`."""
SKILLS = {
    "sums": ("gpt3_arithmetic", "3D+"),
    "products": ("gpt3_arithmetic", "2Dx"),
    "letters": ("gpt3_other_tasks", "CycledLetters"),
    "trivia": ("gpt3_other_tasks", "TriviaQA"),
}
"""Skills of GPT-3 on the page, with table and task: sums of three digits, products of two, cycled
letters, trivia. All are few-shot, and a guess scores about nothing."""
SIZE = "410m"
"""Size of PolyPythia of which all nine runs are complete."""
SEEN = 5e8
"""Parameters up to which models of the Gadre grid are seen by a forecast."""
RISEN = 0.05
"""How far above chance the last model seen must be, on average over the three corpora."""
ROUTES = {
    "direct": "direct, from nothing",
    "chance": "direct, from chance",
    "loss": "loss, then score",
    "last": "the last value stays",
}
"""Ways to forecast a score on the Gadre grid, and their names on the page."""


def pair(skill: str) -> pd.DataFrame:
    """Loss and score of the eight GPT-3 models.

    The loss is the logarithm of the perplexity on LAMBADA (zero-shot): the surprise at the last
    word of a passage. Of all losses it is the one that the paper prints in a table.

    Parameters
    ----------
    skill : str
        One of `SKILLS`.

    Returns
    -------
    DataFrame
        size (name), params, loss (nats), score (fraction); smallest model first.

    Raises
    ------
    ValueError
        If there is no such skill.
    """
    if skill not in SKILLS:
        raise ValueError(f"skill: found {skill!r}, want one of {', '.join(SKILLS)}")
    table, task = SKILLS[skill]
    rows = datasets.load(table).query(f"task == '{task}' and setting == 'few_shot'")
    other = datasets.load("gpt3_other_tasks").query("metric == 'ppl' and setting == 'zero_shot'")
    loss = np.log(other.set_index("model")["score"])
    rows = rows.sort_values("params", ignore_index=True)
    names = rows["model"].map(published.SIZES)
    return rows.assign(size=names, loss=rows["model"].map(loss))[
        ["size", "params", "loss", "score"]
    ]


@cache
def runs() -> pd.DataFrame:
    """Return the 240 runs that the replication kept. Do not change the table."""
    return datasets.load("chinchilla_runs").query("not excluded_in_replication")


def columns(table: pd.DataFrame) -> tuple[Array, Array, Array]:
    """Return parameters, tokens and losses of runs."""
    n, d, loss = (table[name].to_numpy(float) for name in ("params", "tokens", "loss"))
    return n, d, loss


@cache
def refit() -> chinchilla.ChinchillaFit:
    """Fit the law to all 240 runs."""
    return chinchilla.fit_chinchilla(*columns(runs()))


@cache
def bootstrap() -> chinchilla.ChinchillaBootstrap:
    """Fit it again to `DRAWS` draws of 240 runs, with replacement."""
    return chinchilla.bootstrap_chinchilla(*columns(runs()), np.random.default_rng(0), DRAWS)


def interval(name: str) -> tuple[float, float]:
    """Return the 95% interval of a constant, or of the ``frontier``, from the bootstrap.

    Raises
    ------
    ValueError
        If the law has no such constant.
    """
    if name == "frontier":
        return bootstrap().frontier_interval()
    if name not in laws.Chinchilla._fields:
        wanted = ", ".join(laws.Chinchilla._fields)
        raise ValueError(f"name: found {name!r}, want frontier or one of {wanted}")
    low, high = bootstrap().interval()
    return getattr(low, name), getattr(high, name)


@cache
def small_runs() -> chinchilla.ChinchillaFit:
    """Fit it to the runs of at most `SMALL` FLOP."""
    return chinchilla.fit_chinchilla(*columns(runs().query(f"train_flops <= {SMALL}")))


@cache
def constants() -> dict[str, laws.Chinchilla]:
    """Return the laws that the page compares, by what it calls them."""
    return {
        "our refit": refit().constants,
        "as printed": laws.HOFFMANN,
        "stopped early": stopped("mean of the losses"),
        "small runs only": small_runs().constants,
    }


def residuals(law: laws.Chinchilla, table: pd.DataFrame | None = None) -> Array:
    """Return by how many per cent runs lie above a law, one number a run (all 240 by default)."""
    n, d, loss = columns(runs() if table is None else table)
    return 100 * (loss / laws.chinchilla_loss(n, d, *law) - 1)


def forecast_errors() -> Array:
    """Per cent by which runs above `LARGE` FLOP miss the law fitted below `SMALL`."""
    return residuals(small_runs().constants, runs().query(f"train_flops > {LARGE}"))


@cache
def up_to(compute: float) -> tuple[float, float]:
    """Fit the runs of at most so many FLOP: exponent of the split, typical miss above `LARGE`."""
    law = chinchilla.fit_chinchilla(*columns(runs().query(f"train_flops <= {compute}"))).constants
    return frontier(law), typical(residuals(law, runs().query(f"train_flops > {LARGE}")))


def typical(off: Array) -> float:
    """Return the root mean square of errors, in their unit."""
    return float(np.sqrt(np.mean(off**2)))


def frontier(law: laws.Chinchilla) -> float:
    """Exponent of compute in the best number of parameters, beta / (alpha + beta)."""
    return law.beta / (law.alpha + law.beta)


class Split(NamedTuple):
    """The best use of a budget: ``parameters``, and ``tokens`` a parameter."""

    parameters: float
    tokens: float


def best_split(law: laws.Chinchilla, compute: float | None = None) -> Split:
    """Split a budget so that the law gives the lowest loss.

    Parameters
    ----------
    law : Chinchilla
    compute : float, optional
        FLOP, six times parameters times tokens; by default that of `CHINCHILLA`.

    References
    ----------
    hoffmann2022training, equation (4).
    """
    product_nd = (compute / 6) if compute is not None else CHINCHILLA[0] * CHINCHILLA[1]
    ratio = law.alpha * law.A / (law.beta * law.B)
    n = ratio ** (1 / (law.alpha + law.beta)) * product_nd ** frontier(law)
    return Split(n, product_nd / n**2)


class Doubling(NamedTuple):
    """What a doubling takes away, in shares.

    ``term``: of the term in what is doubled; ``reducible``: of the loss above E; ``loss``: of the
    loss.
    """

    term: float
    reducible: float
    loss: float


def terms(law: laws.Chinchilla, parameters: float, tokens: float) -> tuple[float, float, float]:
    """Return E, the term in parameters and the term in tokens, nats."""
    return law.E, law.A * parameters**-law.alpha, law.B * tokens**-law.beta


def doubling(size: str, of: str = "parameters", law: laws.Chinchilla = laws.HOFFMANN) -> Doubling:
    """Work out what doubling one quantity does to a model of `WORKED`.

    Parameters
    ----------
    size : str
        One of `WORKED`.
    of : str
        ``"parameters"`` or ``"tokens"``.
    law : Chinchilla

    Raises
    ------
    ValueError
        If there is no such size or quantity.
    """
    if size not in WORKED or of not in ("parameters", "tokens"):
        raise ValueError(
            f"size, of: found {size!r}, {of!r}; want one of {', '.join(WORKED)}, and parameters or "
            "tokens"
        )
    floor, *both = terms(law, *WORKED[size])
    term, exponent = (both[0], law.alpha) if of == "parameters" else (both[1], law.beta)
    share = 1 - 2**-exponent
    return Doubling(share, share * term / sum(both), share * term / (floor + sum(both)))


def gain(parameters: float, times: float, law: laws.Chinchilla = laws.HOFFMANN) -> float:
    """Nats that so many times the parameters take off the loss, the tokens unchanged."""
    return law.A * parameters**-law.alpha * float(1 - times**-law.alpha)


def _minimise(start: Array, scale: float) -> optimize.OptimizeResult:
    """Minimise the sum of Huber losses in some unit, with the usual rule for stopping."""
    n, d, loss = (np.log(column) for column in columns(runs()))

    def cost(theta: Array) -> tuple[float, Array]:
        value, gradient = chinchilla.objective(theta, n, d, loss)
        return value * scale, gradient * scale

    bounds = [(None, None)] * 3 + [(0, chinchilla.STEEPEST)] * 2
    return optimize.minimize(cost, start, jac=True, method="L-BFGS-B", bounds=bounds)


@cache
def stops() -> pd.DataFrame:
    """Where the optimiser stops, from every start of `STARTS`, under every rule of `RULES`.

    Returns
    -------
    DataFrame
        rule, content (whether the optimiser reports success), steps, excess (objective over the
        smallest one), E, A, B, alpha, beta, frontier. Do not change it.
    """
    rows = []
    for rule, scale in RULES.items():
        for start in STARTS:
            end = _minimise(start, scale)
            law = laws.Chinchilla(*np.exp(end.x[:3]).tolist(), *end.x[3:].tolist())
            excess = end.fun / scale / refit().objective
            rows.append(
                {"rule": rule, "content": end.success, "steps": end.nit, "excess": excess}
                | law._asdict()
                | {"frontier": frontier(law)}
            )
    return pd.DataFrame(rows)


def stopped(rule: str) -> laws.Chinchilla:
    """Return the best law that the optimiser found under a rule of `RULES`."""
    best = stops().query(f"rule == '{rule}'").sort_values("excess").iloc[0]
    return laws.Chinchilla(*(float(best[name]) for name in laws.Chinchilla._fields))


@cache
def seed_losses() -> pd.DataFrame:
    """Training loss (nats per token) of the nine 410M runs: a row a step, a column a seed."""
    table = datasets.load("polypythia_train_loss_by_seed")
    table = table.query(f"model_size == '{SIZE}' and not suspect")
    return table.pivot(index="step", columns="seed", values="train_loss")


def spread(step: int) -> float:
    """Return the standard deviation (nats) of the nine losses at a step of the table."""
    return float(np.std(seed_losses().loc[step].to_numpy(), ddof=1))


def astray(margin: float = 0.1) -> pd.Series:
    """How far (nats) the runs that end more than ``margin`` above the middle run end above it."""
    last = seed_losses().iloc[-1]
    above = last - last.median()
    return above[above > margin]


def last_together(seed: int, margin: float = 0.1) -> int:
    """Last step of the table at which a run lies within ``margin`` nats of the middle run.

    A run that has gone astray left the others after it, at a step that the table does not hold.
    """
    table = seed_losses()
    off = (table[seed] - table.median(axis=1)).abs()
    return int(off.index[off <= margin].max())


# The score itself as a law of parameters and tokens


@cache
def grid_cases() -> list[methods.Case]:
    """Hide the largest model of each corpus of the Gadre grid, on every task that has risen.

    Seen are all models of at most `SEEN` parameters, forecast is the one of 6.9 billion. A task is
    taken if the last model seen is `RISEN` above chance, on average over the corpora: a choice that
    does not look at the target.
    """
    models = datasets.load("gadre_models").assign(loss=lambda rows: rows["loss_c4"])
    table = datasets.load("gadre_downstream").merge(models, on="model")
    table = table.merge(datasets.load("gadre_tasks"), on="task")
    table = table.assign(
        scale=table["train_flops"], score=table["accuracy"], items=table["n_items"]
    )
    found: dict[str, list[methods.Case]] = {}
    for (task, corpus), rows in table.sort_values("scale").groupby(["task", "dataset"]):
        kept = rows[(rows["params"] <= SEEN) | (rows["params"] == rows["params"].max())]
        ladder = Ladder(
            *("Gadre grid", f"{corpus}, {task}", str(task), str(corpus), "FLOP"),
            floor=float(rows["chance"].iloc[0]),
            rows=kept.reset_index(drop=True),
            counted=True,
        )
        found.setdefault(str(task), []).append(methods.Case(ladder, len(kept) - 1))
    return [case for cases in found.values() if _risen(cases) for case in cases]


def _risen(cases: Iterable[methods.Case]) -> bool:
    return float(np.mean([case.score[-1] - case.ladder.floor for case in cases])) >= RISEN


def direct(case: methods.Case, floor: float) -> float:
    """Forecast a score by -ln Q = A / N^alpha + B / D^beta, where Q runs from a floor to 1.

    Both exponents are tried on the grid of `methods.EXPONENTS`; given them, A and B are least
    squares, none below 0, each model weighted by the binomial error of its -ln Q.

    Parameters
    ----------
    case : Case
    floor : float
        Score of the smallest model there could be: 0 as published, or chance.

    References
    ----------
    krajewski2026revisiting.
    """
    table = case.ladder.rows
    n, d = (table[name].to_numpy(float) / table[name].iloc[0] for name in ("params", "tokens"))
    least = 0.5 / case.items
    share = np.clip((case.score - floor) / (1 - floor), least, 1 - least)
    score = floor + (1 - floor) * share
    weight = (score - floor) / np.sqrt(score * (1 - score) / case.items)
    target = -np.log(share) * weight
    powers = methods.EXPONENTS[:, None]
    first, second = (each[: case.seen] ** -powers * weight for each in (n, d))
    a, b = _two_terms(first, second, target)
    off = np.sum(
        (a[..., None] * first[:, None] + b[..., None] * second[None] - target) ** 2, axis=-1
    )
    i, j = np.unravel_index(off.argmin(), off.shape)
    alpha, beta = methods.EXPONENTS[[i, j]]
    reach = a[i, j] * n[-1] ** -alpha + b[i, j] * d[-1] ** -beta
    return float(floor + (1 - floor) * np.exp(-reach))


def _two_terms(first: Array, second: Array, target: Array) -> tuple[Array, Array]:
    """Least squares for two terms at once, for every pair of rows; none below 0."""
    ff, ss = (first**2).sum(axis=1)[:, None], (second**2).sum(axis=1)[None]
    fs, ft, st = first @ second.T, (first @ target)[:, None], (second @ target)[None]
    det = ff * ss - fs**2
    a, b = (ft * ss - st * fs) / det, (st * ff - ft * fs) / det
    inside = (a >= 0) & (b >= 0)
    # Otherwise one term alone is best: the one that explains more.
    lone_a, lone_b = np.maximum(ft / ff, 0), np.maximum(st / ss, 0)
    first_alone = ff * lone_a**2 >= ss * lone_b**2
    a = np.where(inside, a, np.where(first_alone, lone_a, 0))
    return a, np.where(inside, b, np.where(first_alone, 0, lone_b))


@cache
def routes() -> pd.DataFrame:
    """Forecasts of the 6.9B models, by every route.

    Returns
    -------
    DataFrame
        task, corpus, floor, came, and a column for each of `ROUTES` (fractions); known is the route
        through the loss with the measured loss in place of the forecast one; loss_said and
        loss_came are the two losses (nats per token). Do not change it.
    """
    cases = grid_cases()
    losses = methods.by_loss(cases)
    return pd.DataFrame(
        {
            "task": [case.ladder.task for case in cases],
            "corpus": [case.ladder.family for case in cases],
            "floor": [case.ladder.floor for case in cases],
            "came": [case.came for case in cases],
            "direct": [direct(case, 0.0) for case in cases],
            "chance": [direct(case, case.ladder.floor) for case in cases],
            "loss": losses["loss_forecast"].to_numpy(),
            "known": losses["loss_known"].to_numpy(),
            "last": [case.score[-1] for case in cases],
            "loss_said": losses["loss_said"].to_numpy(),
            "loss_came": losses["loss"].to_numpy(),
        }
    )


def errors(route: str, where: str = "floor >= 0") -> pd.Series:
    """Points by which a route says too much, for the forecasts that satisfy a query."""
    table = routes().query(where)
    return 100 * (table[route] - table["came"])


def missed(route: str, where: str = "floor >= 0") -> int:
    """Forecasts off by more than ten points."""
    return int((errors(route, where).abs() > 10).sum())


def by_task() -> pd.DataFrame:
    """Mean error (points) of each route on each task, over the corpora; choice tasks last."""
    table = routes()
    off = table[[*ROUTES]].sub(table["came"], axis=0) * 100
    mean = off.assign(task=table["task"], floor=table["floor"]).groupby(["floor", "task"]).mean()
    return mean.reset_index().sort_values(["floor", "chance"], ignore_index=True)
