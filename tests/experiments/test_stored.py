"""Every stored result can be had again: a reduced run of its own settings repeats a part of it.

A part is the beginning of a training, one network of a ladder, or one size of a system: never a
smaller experiment that only resembles the stored one. On the machine that stored them the parts
agree bit by bit. Elsewhere rounding differs, and a training or a flock amplifies it: beginnings
still agree closely, what is far from its start within a band.
"""

from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import numpy as np
import pytest

from emergence_lib.experiments import store

SEED = store.SEEDS[1]
STORED = [(name, variant) for name in store.EXPERIMENTS for variant in store.variants(name)]


@dataclass(frozen=True)
class Part:
    """How the first part of a stored result is had again."""

    measures: tuple[str, ...]
    """The arrays to compare, as far as the reduced run fills them."""
    within: float = 0.0
    """Largest difference allowed."""
    settings: dict[str, Any] = field(default_factory=dict)
    """The settings to change."""
    steps: int | None = None
    """Steps after which the run is cut short; nothing else about its training changes."""


ADDED = ("exact_match", "position_accuracy", "edit_distance", "cross_entropy", "brier")
READ = ("exact_match", "unbroken", "own", "taught", "own_correlation", "sampled")
GROKKED = (
    *("train", "test", "filtered", "shuffled", "scrambled", "excluded"),
    *("train_loss", "test_loss", "norm", "spectrum"),
)
FOLLOWED = ("accuracy", "loss", "fresh_loss", "copied", "prefix", "previous")
SKILLS = ("accuracy", "loss")

PARTS: dict[tuple[str, str], Part] = {
    # It is examined at the end only: the smallest net, and all of its training.
    ("addition", ""): Part(ADDED, within=0.15, settings={"widths": (8,)}),
    ("addition", "time"): Part((*ADDED, "written"), within=0.01, steps=100),
    ("addition", "long"): Part(ADDED, within=0.02, steps=250),
    **{
        ("autoregressive", variant): Part(READ, within=0.15, settings={"widths": (8, 16)})
        for variant in store.variants("autoregressive")
    },
    **{
        ("grokking", variant): Part(GROKKED, within=0.01, steps=76)
        for variant in store.variants("grokking")
    },
    **{
        ("induction", variant): Part(FOLLOWED, within=0.02, steps=61)
        for variant in ("", "one-layer", "given")
    },
    ("induction", "ladder"): Part(FOLLOWED, within=0.02, steps=101),
    ("induction", "narrow"): Part(FOLLOWED, within=0.05, steps=501),
    **{
        ("quanta", variant): Part(SKILLS, within=0.02, steps=120)
        for variant in ("", "even", "steep")
    },
    ("quanta", "widths"): Part(SKILLS, within=0.15, settings={"widths": (4,)}),
    ("lottery", ""): Part(SKILLS, within=0.02, settings={"nets": 20, "moments": (125,)}),
    ("lottery", "induction"): Part(SKILLS, within=0.02, settings={"moments": (125,)}, steps=1),
    ("lottery", "addition"): Part(SKILLS, within=0.15, steps=1),
    ("capacity", ""): Part(("recall", "overlap"), within=0.01, settings={"patterns": (5, 20)}),
    ("hopfield", ""): Part(("recalled", "heaps"), within=1e-12, settings={"neurons": (200, 400)}),
    ("percolation", ""): Part(("spanning", "quantiles"), settings={"sizes": (8, 16)}),
    ("random_graph", ""): Part(
        ("largest", "spread"), within=1e-12, settings={"nodes": (100, 1000)}
    ),
    # Rounding grows until other birds turn: the band is as wide as between seeds.
    ("flocking", ""): Part(("order",), within=0.1, settings={"birds": (30,)}),
    ("synchronisation", ""): Part(
        ("order", "course"), within=1e-3, settings={"oscillators": (50,)}
    ),
    ("naming_game", ""): Part(
        ("talks", "success", "words"), within=1e-12, settings={"agents": (50, 200)}
    ),
    ("minority", ""): Part(("won", "held", "course"), within=1e-12, settings={"agents": (200,)}),
    ("reward_gaming", ""): Part(("finish", "visits"), within=1e-12, steps=2500),
    ("prisoners_dilemma", ""): Part(("cooperation", "leader"), within=1e-4, steps=200),
}


def test_no_stored_result_is_left_out() -> None:
    assert sorted(PARTS) == sorted(STORED)


@pytest.mark.parametrize(("name", "variant"), STORED)
def test_the_first_part_of_a_stored_result_can_be_had_again(name: str, variant: str) -> None:
    part, config = PARTS[name, variant], store.variants(name)[variant]
    experiment = store.experiment(name)
    stored = experiment.Result.load(store.path(name, SEED, variant))
    again = experiment.run(
        replace(config, **part.settings),
        seed=SEED,
        progress=lambda steps: islice(steps, part.steps),
    )
    spread = []
    for measure in part.measures:
        whole, new = getattr(stored, measure), getattr(again, measure)
        kept = whole[tuple(slice(size) for size in new.shape)]
        np.testing.assert_allclose(new, kept, rtol=0, atol=part.within, err_msg=measure)
        assert new.size < whole.size, measure
        spread.append(float(np.ptp(kept)))
    # A part in which something happens.
    assert max(spread) > 2 * part.within
