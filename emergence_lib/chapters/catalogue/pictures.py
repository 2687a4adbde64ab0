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
    "conjunction fallacy": "conjunction-fallacy",
    "scope neglect": "scope-neglect",
}
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


def printed() -> pd.DataFrame:
    """Return the catalogue as the page prints it; small print follows a line break."""
    return pd.DataFrame([_cells(each) for each in numbers.entries()])


def _cells(entry: numbers.Entry) -> dict[str, str]:
    said, why = numbers.verdict(entry)
    if entry.drawn:
        decades = np.log10(entry.scale[-1] / entry.scale[0])
        low, high = (_percent(entry.score[at]) for at in (0, -1))
        curve, models = f"{low} to {high}", f"{len(entry.scale)} models, {decades:.1f} decades"
    else:
        curve, models = numbers.NO_CURVE, ""
    items = "n unknown" if entry.items is None else f"n = {np.median(entry.items):,.0f}"
    guess = "chance unknown" if np.isnan(entry.chance) else f"chance {_percent(entry.chance)}"
    return {
        "ability": f"{entry.ability}\n{entry.task}",
        "curve": curve,
        "family": f"{entry.family}\n{models}",
        "scored by": f"{entry.metric or 'not one metric'}\n{items}, {guess}",
        "first seen at, at most": "\n".join(_first(entry)),
        "audit": f"{said}\n{why}",
        "grade": "recomputed" if entry.drawn else "reported",
    }


def _first(entry: numbers.Entry) -> tuple[str, str]:
    if not entry.drawn:
        size, _ = entry.reported
        return ("not known", "") if np.isnan(size) else (theme.short(size), "as reported")
    if entry.items is None or np.isnan(entry.chance):
        return "not known", numbers.UNKNOWN if entry.items is None else "chance unknown"
    at = entry.first
    if at is None:
        return "absent", f"at all {len(entry.scale)} models"
    write, unit = (theme.power_of_ten, " FLOP") if entry.scale[0] > 1e15 else (_size, "")
    before = "the smallest tested" if at == 0 else f"absent: {write(entry.scale[at - 1])}{unit}"
    return f"{write(entry.scale[at])}{unit}", before


def _size(parameters: float) -> str:
    """Write a model size, GPT-3's by the names that everybody uses."""
    named = published.gpt3("3D+").set_index("params")["size"]
    return str(named.get(parameters, theme.short(parameters)))


def _percent(share: float) -> str:
    return f"{100 * share:.2g}%" if share < 0.1 else f"{share:.0%}"


@theme.figure
def done() -> Figure:
    """Draw how much of its rise each few-shot task of GPT-3 had done by 13 billion parameters."""
    fig = Figure(figsize=(theme.PHONE, 2.2))
    ax = fig.subplots()
    sizes = np.log10([published.gpt3_parameters(each) for each in ("125M", "13B", "175B")])
    straight = (sizes[1] - sizes[0]) / (sizes[2] - sizes[0])
    ax.axvline(straight, color=theme.GREY, ls="--", lw=1.2, label="_straight")
    rows = {
        "other": ("all other tasks", theme.TEAL, 0),
        "arithmetic": ("arithmetic", theme.BLUE, 1),
    }
    for kind, (name, colour, row) in rows.items():
        shares = np.sort(numbers.by_13b(kind))
        # Marks side by side, not on top of each other.
        heights = row + 0.07 * (np.arange(len(shares)) % 5 - 2)
        ax.plot(shares, heights, "o" if row else "^", color=colour, alpha=0.8, label=name)
        theme.beside(ax, -0.12, row + 0.3, name, colour)
    theme.share_axis(ax, "rise done by 13B", limits=(-0.15, 1.9), axis="x", ticks=(0, 0.5, 1, 1.5))
    ax.set(ylim=(-0.4, 1.6), yticks=())
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
    ax.text(1.1e8, 0.52, "guess", color=theme.GREY)
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
        balance = numbers.pilot(PILOT[task])["answer_balance"][0]
        same = (
            "the same on every item" if balance.startswith("single") else "now one, now the other"
        )
        return f"{'; '.join(said)}. The right option is {same}."

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
    theme.log_axis(
        ax,
        "training compute (FLOP)",
        limits=(2e20, 1.2e24),
        ticks=(1e21, 1e22, 1e23, 1e24),
        write=theme.power_of_ten,
    )
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
        scores = table[tenth].to_numpy()
        best, worst = int(scores.argmin()), int(scores.argmax())
        return (
            f"{task}, tenth {tenth}: {scores[0]:.2f} at least compute, {scores[-1]:.2f} at most; "
            f"best {scores[best]:.2f} in group {best + 1} of {len(scores)}, worst "
            f"{scores[worst]:.2f} in group {worst + 1}."
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
    theme.log_axis(
        ax,
        "training compute (FLOP)",
        limits=(1e20, 2e24),
        ticks=(1e21, 1e22, 1e23, 1e24),
        write=theme.power_of_ten,
    )
    theme.share_axis(ax, "score", ticks=(0, 0.25, 0.5, 0.75, 1))
    theme.key(ax, {names[score]: dots[score] for score in marks})

    def update(task: str) -> str:
        table = published.twice(TASKS[task])
        # The last model is repeated so that no frame has fewer dots.
        order = np.minimum(np.arange(most), len(table) - 1)
        said = []
        for score in marks:
            fit = numbers.bend(TASKS[task], score)
            x = np.array([table["x"].iloc[0], fit.at, table["x"].iloc[-1]])
            y = fit.height(x, x[0])
            dots[score].set_data(10 ** table["x"].to_numpy()[order], table[score].to_numpy()[order])
            lines[score].set_data(10**x, y)
            better = "better" if fit.gain > 0 else "worse"
            said.append(f"{names[score]} {better} by {abs(fit.gain):.0f}")
        return (
            f"{task}, {len(table)} models. AICc finds a line with one bend, against a straight "
            f"one: {'; '.join(said)}."
        )

    update("MMLU")
    return fig, update
