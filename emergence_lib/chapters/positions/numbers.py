"""Numbers of "A map of the positions": what each camp says, and what all see in one curve.

``positions.yml`` beside this file holds the thirteen positions. `positions` checks and reads it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from emergence_lib import datasets, published
from emergence_lib.checked import CheckedFileError, load_with_lines
from emergence_lib.fitting import bent
from emergence_lib.laws import logistic_width

FILE = Path(__file__).with_name("positions.yml")
KINDS = {
    "sizes": "Scores by size",
    "rescored": "Answers rescored",
    "training": "Training and insides",
    "seeds": "Seeds",
    "forecasts": "Forecasts",
    "theory": "Theory",
}
"""Kinds of evidence, as the file calls them, and as the page writes them out."""
QUESTIONS = ("where", "foreseen")
"""What a position may take a side on: where the jump is, and whether it could be foreseen."""
MOST = 10
"""Upper end of both scales; 0 is the lower: in the measurement, not at all."""
SPLIT = 22.5
"""log10 FLOP up to which the forecast of the page sees the open models."""
EDGES = (20.0, 21.0, 21.5, 22.0, 22.5, 23.0, 23.5, 24.0)
"""log10 FLOP between which models are averaged, item difficulty by tenths."""
GRADES = ["rerun", "recomputed", "reported", "disputed"]


def _piece(*also: str) -> dict[str, Any]:
    """Return the schema of a piece of evidence, which also needs some keys."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["kind", "grade", "text", *also],
        "description": "Give a kind, a grade and a text; cite works, or name a chapter, or both.",
        "anyOf": [{"required": ["cite"]}, {"required": ["chapter"]}],
        "properties": {
            "kind": {"enum": list(KINDS), "description": "Name a kind of evidence."},
            "says": {"enum": ["for", "against"], "description": "Write for or against."},
            "grade": {"enum": GRADES, "description": "Say how far the book vouches for it."},
            "text": {
                "type": "string",
                "minLength": 10,
                "description": "Write one to three sentences.",
            },
            "cite": {
                "type": "array",
                "minItems": 1,
                "uniqueItems": True,
                "items": {"type": "string", "pattern": r"^[a-z]+(19|20)\d\d[a-z]+\d*$"},
                "description": "List keys of the bibliography.",
            },
            "chapter": {
                "type": "string",
                "pattern": "^[a-z]+(-[a-z]+)*$",
                "description": "Name the page that earns it, without its folder.",
            },
        },
    }


SPAN: dict[str, Any] = {
    "type": "array",
    "minItems": 2,
    "maxItems": 2,
    "items": {"type": "integer", "minimum": 0, "maximum": MOST},
    "description": f"Give two whole numbers from 0 to {MOST}, the smaller first.",
}
SCHEMA: dict[str, Any] = {
    "type": "array",
    "description": "Write a list of positions.",
    "items": {
        "type": "object",
        "additionalProperties": False,
        "required": ["name", "claim", "best", "objection", "grants", "stands"],
        "properties": {
            "name": {"type": "string", "minLength": 3, "description": "Name it in a few words."},
            "claim": {
                "type": "string",
                "minLength": 20,
                "description": "Write it as its authors would.",
            },
            "best": _piece(),
            "objection": _piece(),
            "more": {
                "type": "array",
                "items": _piece("says"),
                "description": "List further pieces of evidence.",
            },
            "grants": {
                "type": "string",
                "minLength": 20,
                "description": "Say what its authors concede, or to what they limit their claim.",
            },
            "stands": {
                "type": "object",
                "additionalProperties": False,
                "properties": dict.fromkeys(QUESTIONS, SPAN),
                "description": "Give, by question, the span it stands on, if it takes a side.",
            },
        },
    },
}


@dataclass(frozen=True)
class Piece:
    """A piece of evidence: its kind, for or against, what it says, and who vouches for it."""

    kind: str
    says: str
    grade: str
    text: str
    cite: tuple[str, ...] = ()
    chapter: str = ""


@dataclass(frozen=True)
class Position:
    """One position; ``evidence`` begins with its best piece and its best objection."""

    key: str
    name: str
    claim: str
    evidence: tuple[Piece, ...]
    grants: str
    stands: dict[str, tuple[int, int]]

    @property
    def grade(self) -> str:
        """How far the book itself can vouch for the best evidence."""
        return self.evidence[0].grade

    def says(self, kind: str) -> str:
        """Return what a kind of evidence says of it: for, against, both or nothing ("")."""
        found = {each.says for each in self.evidence if each.kind == kind}
        return "both" if len(found) == 2 else next(iter(found), "")


@cache
def positions(path: Path = FILE) -> tuple[Position, ...]:
    """Return the positions of a file, in its order; the first is P1.

    Raises
    ------
    CheckedFileError
        If the file breaks its schema, two positions share a name, or a span runs downwards; the
        message names file, line and remedy.
    """
    content, lines = load_with_lines(path, SCHEMA)
    names = [entry["name"] for entry in content]
    for at, entry in enumerate(content):
        if names.index(entry["name"]) < at:
            raise CheckedFileError(
                f"{path}:{lines[at, 'name']}: {entry['name']!r} is there already. Remedy: give "
                "each position its own name"
            )
        for question, (low, high) in entry["stands"].items():
            if low >= high:
                raise CheckedFileError(
                    f"{path}:{lines[at, 'stands']}: {question} runs from {low} to {high}. Remedy: "
                    "put the smaller first"
                )
    return tuple(_position(at, entry) for at, entry in enumerate(content, start=1))


def _position(at: int, entry: dict[str, Any]) -> Position:
    pieces = [
        entry["best"] | {"says": "for"},
        entry["objection"] | {"says": "against"},
        *entry.get("more", []),
    ]
    evidence = tuple(
        Piece(**{**piece, "text": piece["text"].strip(), "cite": tuple(piece.get("cite", ()))})
        for piece in pieces
    )
    stands = {question: (low, high) for question, (low, high) in entry["stands"].items()}
    return Position(f"P{at}", entry["name"], entry["claim"], evidence, entry["grants"], stands)


def standing(question: str) -> dict[str, tuple[int, int]]:
    """Return the positions that take a side on a question, with their spans.

    Raises
    ------
    ValueError
        If it is none of `QUESTIONS`.
    """
    if question not in QUESTIONS:
        raise ValueError(f"question: found {question!r}, want one of {', '.join(QUESTIONS)}")
    return {
        f"{each.key} {each.name}": each.stands[question]
        for each in positions()
        if question in each.stands
    }


def silent(question: str) -> list[str]:
    """Return the keys of the positions that take no side on a question."""
    named = {name.partition(" ")[0] for name in standing(question)}
    return [each.key for each in positions() if each.key not in named]


def speaking(kind: str, says: Sequence[str] = ("for", "against", "both")) -> int:
    """Return how many positions a kind of evidence speaks to."""
    return sum(each.says(kind) in says for each in positions())


def fullest() -> str:
    """Return the kind of evidence that speaks to most positions, in the page's words."""
    return KINDS[max(KINDS, key=speaking)].lower()


def narrowing() -> float:
    """Return the share of its width that a logistic rise loses at most by an all-or-nothing score.

    The limit of p**n for many parts n, when p is logistic in log size.
    """
    limit = math.log(math.log(10)) - math.log(-math.log(0.9))
    return 1 - limit / float(logistic_width(1.0))


@cache
def bend(task: str, score: str) -> bent.Bend:
    """Fit a straight and a bent line to ``"accuracy"`` or ``"tc_brier"`` on a task."""
    table = published.twice(task)
    return bent.bend(table["x"], table[score])


@cache
def within_families(score: str) -> bent.Bend:
    """Fit both lines to MMLU, each family of two models or more on a level of its own."""
    table = mmlu()
    table = table[table.groupby("family")["x"].transform("size") > 1]
    return bent.bend(table["x"], table[score], table["family"])


@cache
def without_each() -> pd.DataFrame:
    """Return MMLU's bend without one family at a time: score, family, gain (AICc), shift (decades).

    ``shift`` is how far the bend moves from where all families put it.
    """
    table, rows = mmlu(), []
    for score in ("accuracy", "tc_brier"):
        for name in table["family"].unique():
            rest = table[table["family"] != name]
            fit = bent.bend(rest["x"], rest[score])
            rows.append([score, name, fit.gain, fit.at - bend("mmlu", score).at])
    return pd.DataFrame(rows, columns=["score", "family", "gain", "shift"])


def bends() -> pd.DataFrame:
    """Return by how much AICc prefers a bent line on each task: task, accuracy, tc_brier."""
    tasks = sorted(datasets.load("wu_lo_overall")["task"].unique())
    scores = ("accuracy", "tc_brier")
    rows = [[task, *(bend(task, score).gain for score in scores)] for task in tasks]
    return pd.DataFrame(rows, columns=["task", *scores])


CLOSE = 3.0
"""Units of AICc by which a curve may lose and still do about as well."""


def curved() -> list[str]:
    """Return the tasks on which a bent line beats a straight one under both scores."""
    table = bends().set_index("task")
    return table.index[(table > 0).all(axis=1)].tolist()


@cache
def as_smooth() -> int:
    """Count the tasks of `curved` where an S-curve loses at most `CLOSE` to a bend, or wins.

    In the Brier score; no S-curve narrower than a decade is tried.
    """
    tables = [published.twice(task) for task in curved()]
    gains = [bent.against_curve(table["x"], table["tc_brier"]) for table in tables]
    return sum(gain > -CLOSE for gain in gains)


def first_seen(level: float = 0.05) -> float:
    """Return the smallest GPT-3 that, with all larger ones, adds three digits above chance.

    An exact one-sided test against the best constant guess; parameters.
    """
    models = published.gpt3("3D+")
    guess = published.best_constant_guess("3D+")
    absent = stats.binom.sf(models["right"] - 1, models["n_items"], guess) > level
    return float(models["params"][int(np.flatnonzero(absent)[-1]) + 1])


def last_losses() -> pd.Series:
    """Return the last training loss of each 410M run of PolyPythia by seed, nats per token."""
    table = datasets.load("polypythia_train_loss_by_seed")
    runs = table[(table["model_size"] == "410m") & ~table["suspect"]]
    return runs.sort_values("step").groupby("seed")["train_loss"].last()


def stragglers(beyond: float = 0.05) -> int:
    """Return how many runs end more than ``beyond`` nats above the median."""
    losses = last_losses()
    return int((losses > losses.median() + beyond).sum())


def loss_spread() -> float:
    """Return the range of the last losses of all runs but the stragglers, nats per token."""
    kept = last_losses().nsmallest(len(last_losses()) - stragglers())
    return float(kept.max() - kept.min())


def mmlu() -> pd.DataFrame:
    """Return the open models on MMLU, as `published.twice` does."""
    return published.twice("mmlu")


def below() -> pd.DataFrame:
    """Return the models that the forecast sees."""
    return mmlu().query(f"x <= {SPLIT}")


def early() -> pd.DataFrame:
    """Return the models of `below` that are clear of a guess (28% or more)."""
    return below().query("accuracy >= 0.28")


def much_or_synthetic() -> bool:
    """Say whether each of `early` read over 10^12 tokens, or is a Phi: those read synthetic text.

    The median of `below` read a third of 10^12.
    """
    table = early()
    return bool(((table["train_tokens"] > 1e12) | (table["family"] == "Phi")).all())


def between() -> pd.DataFrame:
    """Return the models that `below` ends before and that have not yet all left the guess."""
    return mmlu().query(f"{SPLIT} < x <= 23")


def beyond() -> pd.DataFrame:
    """Return the models that the forecast does not see."""
    return mmlu().query(f"x > {SPLIT}")


def forecast(score: str) -> tuple[float, float]:
    """Return intercept and slope of a line through the scores of `below` over log10 FLOP."""
    slope, start = np.polyfit(below()["x"], below()[score], 1)
    return float(start), float(slope)


def shortfall(score: str) -> float:
    """Return how far, on average, the models beyond lie above the forecast (Brier: below it)."""
    start, slope = forecast(score)
    gap = beyond()[score] - (start + slope * beyond()["x"])
    return float(gap.mean()) * (1 if score == "accuracy" else -1)


def family(*names: str) -> pd.DataFrame:
    """Return the models of some families on MMLU.

    Raises
    ------
    ValueError
        If a family has none.
    """
    table = mmlu()
    known = set(table["family"])
    if unknown := [name for name in names if name not in known]:
        raise ValueError(f"names: found {unknown[0]!r}, want some of {', '.join(sorted(known))}")
    return table[table["family"].isin(names)]


@cache
def tenths(edges: tuple[float, ...] = EDGES) -> pd.DataFrame:
    """Return MMLU's Brier score on the easiest and the hardest tenth, and on all, by compute.

    Rows are means over the models between neighbouring edges (log10 FLOP), their middles the index.
    """
    by_rank = ranks(edges)
    return pd.DataFrame(
        {"easiest": by_rank[1], "hardest": by_rank[10], "all": by_rank.mean(axis=1)}
    )


@cache
def ranks(edges: tuple[float, ...] = EDGES) -> pd.DataFrame:
    """Return the Brier score of each tenth, 1 the easiest, in columns; rows as in `tenths`."""
    table = datasets.load("wu_lo_groups").query("task == 'mmlu'")
    middles = [(low + high) / 2 for low, high in pairwise(edges)]
    group = pd.cut(np.log10(table["train_flops"]), list(edges), labels=middles)
    means = table.groupby([group, "difficulty_rank"], observed=True)["tc_brier_brier_ranked"].mean()
    return means.unstack()


def improved(at: int) -> int:
    """Return how many tenths have a lower Brier score in row ``at`` of `tenths` than in its first.

    Counts all ten, so the easiest too.
    """
    by_rank = ranks()
    return int((by_rank.iloc[at] < by_rank.iloc[0]).sum())
