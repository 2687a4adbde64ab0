"""Pictures of "The catalogue": steps that hurt and help, curves that turn, two scores at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from emergence_lib import published, theme
from emergence_lib.chapters.catalogue import numbers

Scene = tuple[Figure, Callable[..., str]]

FAMILIES = {
    "LaMDA": (theme.BLUE, "o"),
    "GPT-3": (theme.ORANGE, "s"),
    "PaLM": (theme.TEAL, "^"),
}
"""Colour and mark of a family."""
PILOT = {
    "syllogism": "syllogism",
    "BoolQ": "boolq",
    "conjunction": "conjunction-fallacy",
    "scope": "scope-neglect",
}
ANSWERS = {
    "syllogism": "“No” is right for every item.",
    "BoolQ": "Now “yes” is right, now “no”.",
    "conjunction": "The right option stands first in half of the items.",
    "scope": "The right name changes from item to item.",
}
"""How the right answers of a pilot task are spread."""
SORTED = {"Persian reading": "parsinlu_qa_mc", "arithmetic": "arithmetic", "MMLU": "mmlu"}
TASKS = {
    "MMLU": "mmlu",
    "arithmetic": "arithmetic",
    "analogical similarity": "analogical_similarity",
    "conceptual combinations": "conceptual_combinations",
    "Hindu knowledge": "hindu_knowledge",
    "Persian reading": "parsinlu_qa_mc",
    "narrative understanding": "abstract_narrative_understanding",
    "ARC": "arc",
    "HellaSwag": "hellaswag",
}
"""Names on the page to names in the tables."""
TENTHS = tuple(range(1, 11))


PLAINLY = {
    "Coreference": "who a pronoun means",
    "Entailment": "does one sentence follow from another",
    "Chain of thought": "reasoning in steps",
    "In-context learning": "learning from the prompt",
    "Transliteration": "spelling by sound",
}
"""Abilities in words that a reader may search for."""
OBSTACLES = {
    "interval on both sides of the limit": "width on either side of the limit",
    "no certain rise": "no fitted rise beyond the errors",
}
"""What keeps the audit from a verdict, where a table without its chapter needs other words."""


def printed() -> pd.DataFrame:
    """Return the catalogue as the page prints it; small print follows a line break."""
    return pd.DataFrame([_cells(each) for each in numbers.entries()])


def _cells(entry: numbers.Entry) -> dict[str, str]:
    said, why = numbers.verdict(entry)
    plainly = f"{PLAINLY[entry.ability]}: " if entry.ability in PLAINLY else ""
    if entry.drawn:
        decades = np.log10(entry.scale[-1] / entry.scale[0])
        low, high = (_percent(entry.score[at]) for at in (0, -1))
        # Models of equal compute are one point of the ladder of a pooled curve.
        merged = entry.scale[0] > 1e15 and len(set(entry.scale)) == len(entry.scale)
        of = "values of compute" if merged else "models"
        curve, models = f"{low} to {high}", f"{len(entry.scale)} {of}, {decades:.1f} decades"
    else:
        curve, models = numbers.NO_CURVE, "" if entry.family else "none named"
    items = "n unknown" if entry.items is None else f"n = {np.median(entry.items):,.0f}"
    items = numbers.NO_SHARE if entry.metric in numbers.PARTS else items
    guess = "chance unknown" if np.isnan(entry.chance) else f"chance {_percent(entry.chance)}"
    return {
        "ability": f"{entry.ability}\n{plainly}{entry.task}",
        "curve": curve,
        "first seen at": "\n".join(_first(entry)),
        "family": f"{entry.family}\n{models}",
        "scored by": f"{entry.metric or 'not one metric'}\n{items}, {guess}",
        "audit": f"{said}\n{OBSTACLES.get(why, why)}",
        "grade": "recomputed" if entry.drawn else "reported",
    }


def _first(entry: numbers.Entry) -> tuple[str, str]:
    if not entry.drawn:
        size, flops = entry.reported
        if np.isnan(size):
            return "not known", ""
        return theme.short(size), f"{theme.power_of_ten(flops)} FLOP; as reported"
    if entry.metric in numbers.PARTS:
        return "not known", numbers.NO_SHARE
    if entry.items is None or np.isnan(entry.chance):
        return "not known", numbers.UNKNOWN if entry.items is None else "chance unknown"
    at = entry.first
    if at is None:
        return "absent", f"at all {len(entry.scale)} models"
    notes = []
    if entry.scale[0] > 1e15:
        here, before = flop_apart(entry.scale[at], entry.scale[at - 1] if at else np.nan)
        first = f"{here} FLOP"
    else:
        first, before = _size(entry.scale[at]), _size(entry.scale[at - 1]) if at else ""
        if "flops" in entry.rows:
            notes.append(f"{theme.power_of_ten(entry.rows['flops'].to_numpy()[at])} FLOP")
    notes.append(f"absent: {before}" if at else "the smallest tested")
    if entry.chance == 0:
        notes.append("one right answer is enough")
    if entry.habit:
        # What it is must wait: the page asks its reader to find out.
        notes.append("see “A leap in deduction”")
    return first, "; ".join(notes)


def flop_apart(one: float, other: float) -> tuple[str, str]:
    """Write two computes with as many digits as tell them apart; an unknown one as nothing."""
    for digits in range(4):
        said = []
        for number in (one, other):
            mantissa, power = f"{number:.{digits}e}".split("e") if number > 0 else ("", "0")
            ten = f"10{str(int(power)).translate(theme.RAISED)}"
            said.append(ten if mantissa == "1" else f"{mantissa} × {ten}" if mantissa else "")
        if said[0] != said[1]:
            break
    return said[0], said[1]


def _size(parameters: float) -> str:
    """Write a model size, GPT-3's by the names that everybody uses."""
    named = published.gpt3("3D+").set_index("params")["size"]
    return str(named.get(parameters, theme.short(parameters)))


def _percent(share: float) -> str:
    return f"{100 * share:.2g}%" if share < 0.1 else f"{share:.0%}"


@theme.figure
def done() -> Figure:
    """Draw how much of its rise each few-shot task of GPT-3 had done by 13 billion parameters."""
    fig = Figure(figsize=(theme.PHONE, 2.6))
    ax = fig.subplots()
    ax.axvline(numbers.straight_by_13b(), color=theme.GREY, ls="--", lw=1.2, label="_straight")
    rows = {
        "partial": ("other tasks: an option picked, or marks for parts", theme.TEAL, "^"),
        "whole": ("other tasks: the whole answer counts", theme.ORANGE, "s"),
        "arithmetic": ("arithmetic: the whole answer counts", theme.BLUE, "o"),
    }
    for row, (kind, (name, colour, mark)) in enumerate(rows.items()):
        shares = np.sort(numbers.by_13b(kind))
        # Marks side by side, not on top of each other.
        heights = row + 0.07 * (np.arange(len(shares)) % 5 - 2)
        ax.plot(shares, heights, mark, color=colour, alpha=0.8, label=name)
        theme.beside(ax, -0.13, row + 0.32, name, colour)
    theme.share_axis(ax, "rise done by 13B", limits=(-0.15, 1.9), axis="x", ticks=(0, 0.5, 1, 1.5))
    ax.set(ylim=(-0.35, 2.65), yticks=())
    return fig


@theme.figure
def steps() -> Figure:
    """Draw what worked steps add to the solve rate against model size, five sets of problems."""
    fig = Figure(figsize=theme.WIDE)
    ax = fig.subplots()
    ax.axhline(0, color=theme.GREY, ls="--", lw=1.2, label="_zero")
    ax.text(3.3e8, 3, "steps help", color=theme.GREY)
    ax.text(3.3e8, -20, "steps hurt", color=theme.GREY)
    shown = {}
    for key, rows in numbers.chain_of_thought().groupby(["family", "benchmark"]):
        family, benchmark = (str(each) for each in key)
        colour, mark = FAMILIES[family]
        main = benchmark == "GSM8K"
        look = {"lw": 2.2, "marker": mark} if main else {"lw": 0.9, "alpha": 0.6}
        (line,) = ax.plot(
            rows["params"],
            100 * rows["gain"],
            color=colour,
            label=f"{family}, {benchmark}",
            **look,
        )
        if main:
            shown[family] = line
    theme.key(ax, {family: shown[family] for family in FAMILIES}, columns=3)
    theme.size_axis(ax, 3e8, 9e11, (1e9, 1e10, 1e11), "model size (parameters)")
    ax.set(ylim=(-23, 46), yticks=(-20, -10, 0, 10, 20, 30, 40), ylabel="points gained")
    return fig


@theme.figure
def pilot() -> Scene:
    """Draw accuracy on a pilot task against size for two families; ``update(task, example)``."""
    fig = Figure(figsize=theme.PANEL)
    ax = fig.subplots()
    ax.axhline(0.5, color=theme.GREY, ls="--", lw=1.2, label="_guess")
    # Below the line and at its end: the first marks of GPT-2 lie on its beginning.
    ax.text(2.9e11, 0.475, "guess", color=theme.GREY, ha="right", va="top")
    looks = {"GPT-2": ("s--", theme.TEAL), "GPT-3": ("o-", theme.BLUE)}
    lines = {}
    for family, (look, colour) in looks.items():
        start = numbers.pilot("syllogism", 0, family)
        (lines[family],) = ax.plot(
            start["params"], start["accuracy"], look, color=colour, label=family
        )
    theme.size_axis(ax, 1e8, 3e11, (1e8, 1e9, 1e10, 1e11), "model size (parameters)")
    theme.share_axis(ax, "answers right")
    theme.key(ax, lines)

    def update(task: str, example: bool) -> str:
        said = []
        for family, line in lines.items():
            rows = numbers.pilot(PILOT[task], int(example), family)
            line.set_ydata(rows["accuracy"])
            said.append(f"{family} {', '.join(f'{each:.0%}' for each in rows['accuracy'])}")
        return f"{'; '.join(said)}. {ANSWERS[task]}"

    update("syllogism", False)
    return fig, update


@theme.figure
def tenths() -> Scene:
    """Draw a Brier score against compute on ten groups of items; ``update(task, tenth)``."""
    fig = Figure(figsize=theme.PANEL)
    ax = fig.subplots()
    middle = 10 ** ((numbers.BINS[1:] + numbers.BINS[:-1]) / 2)
    start = numbers.groups("parsinlu_qa_mc")
    all_tenths = [
        ax.plot(middle, start[tenth], color=theme.GREY, lw=0.8, alpha=0.7, label="_tenth")[0]
        for tenth in TENTHS
    ]
    (chosen,) = ax.plot(
        middle, start[1], "o-", color=theme.ORANGE, label="chosen tenth of the items"
    )
    (mean,) = ax.plot(
        middle, start.mean(axis=1), "--", color=theme.BLUE, lw=1.6, label="mean of all items"
    )
    theme.key(ax, {"tenth": chosen, "mean": mean})
    theme.compute_axis(ax, 2e20, 1.2e24)
    ax.set(
        ylim=(0, 1.02),
        yticks=(0, 0.25, 0.5, 0.75, 1),
        ylabel="Brier score (lower is better)",
    )

    def update(task: str, tenth: int) -> str:
        table = numbers.groups(SORTED[task])
        for line, each in zip(all_tenths, TENTHS, strict=True):
            line.set_ydata(table[each])
        chosen.set_ydata(table[tenth])
        mean.set_ydata(table.mean(axis=1))
        scores = table[tenth].to_numpy()
        best, worst = int(scores.argmin()), int(scores.argmax())
        return (
            f"{task}, tenth {tenth}: {scores[0]:.2f} with the least compute, {scores[-1]:.2f} with "
            f"the most; best {scores[best]:.2f} in model group {best + 1} of {len(scores)}, worst "
            f"{scores[worst]:.2f} in model group {worst + 1}."
        )

    update("Persian reading", 1)
    return fig, update


@theme.figure
def twice() -> Scene:
    """Draw open models on one task under two scores, with broken lines; ``update(task)``."""
    fig = Figure(figsize=theme.PANEL)
    ax = fig.subplots()
    most = max(len(published.twice(task)) for task in TASKS.values())
    marks = {"accuracy": ("o", theme.BLUE), "tc_brier": ("^", theme.ORANGE)}
    names = {"accuracy": "accuracy", "tc_brier": "Brier score"}
    grid = np.linspace(18.4, 24, 3)
    dots, lines = {}, {}
    for score, (mark, colour) in marks.items():
        (dots[score],) = ax.plot(
            np.full(most, 1e21),
            np.zeros(most),
            mark,
            ms=3.5,
            color=colour,
            alpha=0.7,
            label=names[score],
        )
        (lines[score],) = ax.plot(10**grid, grid * 0, color=colour, lw=1.6, label=f"_{score}")
    theme.compute_axis(ax)
    theme.share_axis(ax, "score", ticks=(0, 0.25, 0.5, 0.75, 1))
    theme.key(ax, {names[score]: dots[score] for score in marks})

    def update(task: str) -> str:
        table = published.twice(TASKS[task])
        # The last model is repeated so that no frame has fewer dots.
        order = np.minimum(np.arange(most), len(table) - 1)
        said: dict[bool, list[str]] = {True: [], False: []}
        for score in marks:
            fit = numbers.bend(TASKS[task], score)
            x = np.array([table["x"].iloc[0], fit.at, table["x"].iloc[-1]])
            y = fit.height(x, x[0])
            dots[score].set_data(10 ** table["x"].to_numpy()[order], table[score].to_numpy()[order])
            lines[score].set_data(10**x, y)
            said[fit.gain > 0].append(f"{names[score]} by {abs(fit.gain):.0f}")
        verdicts = {True: "One bend beats a straight line", False: "A straight line beats one bend"}
        found = [
            f"{verdicts[each]} (AICc): {', '.join(said[each])}." for each in said if said[each]
        ]
        return f"{task}, {len(table)} models. {' '.join(found)}"

    update("MMLU")
    return fig, update
