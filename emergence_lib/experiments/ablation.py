"""Causal tests of an attention-only net: its circuit is taken apart, piece by piece.

Four lines of evidence. Remove a head, or blur it: is it needed? Let the second layer see the first
head by one route only, its keys, its queries or its values: which one carries the circuit? Replace
the first head by a perfect one: is it what we think it is? By one that is a place off: would any
head have done?
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from emergence_lib.experiments.attention import Net, back, blurred
from emergence_lib.experiments.layers import Floats, Integers
from emergence_lib.laws import Flags


def interventions(layers: int, places: int) -> dict[str, dict[str, Any]]:
    """Return what is done to a trained net, as arguments of `Net.forward`, by name."""
    gone, even, one_back = np.zeros((places, places), "f4"), blurred(places), back(places)
    cuts: dict[str, dict[str, Any]] = {
        "nothing changed": {},
        "first head removed": {"forced": {0: gone}},
        "first head blurred": {"forced": {0: even}},
    }
    if layers == 2:
        cuts |= {
            "second head removed": {"forced": {1: gone}},
            "second head blurred": {"forced": {1: even}},
            "seen by keys only": {"through": "k"},
            "seen by queries only": {"through": "q"},
            "seen by values only": {"through": "v"},
            "seen by all but keys": {"through": "qvr"},
            "first head one back": {"forced": {0: one_back}},
            "first head two back": {"forced": {0: back(places, 2)}},
        }
    return cuts


INTERVENTIONS = tuple(interventions(2, 1))
"""Their names, for two layers; one-layer nets have the first three."""


def cut(net: Net, tokens: Integers, known: Flags, given: Mapping[int, Floats]) -> list[float]:
    """Return the accuracy of one net under every intervention, as `interventions` orders them.

    Parameters
    ----------
    net : Net
    tokens : array of int, shape (sequences, positions + 1)
    known : array of bool, shape (sequences, positions)
        Which of the next symbols count.
    given : mapping
        Patterns of heads that were not learned.
    """
    scores = []
    for change in interventions(len(net.heads), tokens.shape[1] - 1).values():
        forced = {**given, **change.get("forced", {})}
        logits, _ = net.forward(tokens[:, :-1], forced, change.get("through", "qkvr"))
        scores.append((logits.argmax(1) == tokens[:, 1:])[known].mean())
    return scores
