"""Coupled oscillators against the self-consistency integral and a general solver."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp
from scipy.optimize import brentq

from emergence_lib.experiments import store, synchronisation
from emergence_lib.experiments.layers import Floats

TINY = synchronisation.Config(oscillators=(10, 30), couplings=(0.0, 2.0), duration=10)


@pytest.mark.parametrize("coupling", [1.1, 1.5, 2.0, 3.0])
def test_the_law_is_the_self_consistent_order(coupling: float) -> None:
    def excess(order: float) -> float:
        # Locked oscillators sit at sin(phase) = frequency / (coupling * order) (Kuramoto, 1975).
        pull = coupling * order
        locked = quad(
            lambda x: np.cos(x) ** 2 * 0.5 / np.pi / ((pull * np.sin(x)) ** 2 + 0.25),
            -np.pi / 2,
            np.pi / 2,
        )[0]
        return coupling * locked - 1

    assert synchronisation.limit(coupling) == pytest.approx(brentq(excess, 1e-6, 1), abs=1e-6)


def test_the_law_is_nothing_up_to_the_critical_coupling() -> None:
    assert synchronisation.limit([0, 0.5, 1]).tolist() == [0, 0, 0]


@pytest.mark.parametrize("coupling", [-1.0, float("nan")])
def test_the_law_refuses_what_is_no_coupling(coupling: float) -> None:
    with pytest.raises(ValueError, match="coupling: found"):
        synchronisation.limit(coupling)


def test_frequencies_are_lorentzian() -> None:
    natural = synchronisation.frequencies(1000)
    # Half of a Lorentz curve lies within its half-width, 1/2; its tails hold the known shares.
    for bound in (0.5, 1.0, 5.0):
        share = 2 / np.pi * np.arctan(bound / 0.5)
        assert np.mean(np.abs(natural) < bound) == pytest.approx(share, abs=0.002)
    assert natural == pytest.approx(-natural[::-1], abs=1e-9)


def test_velocity_is_the_sum_over_pairs() -> None:
    rng = np.random.default_rng(0)
    phases, natural = rng.random((2, 7)) * 6, rng.normal(size=7)
    couplings = np.array([0.7, 2.0])
    pairs = np.sin(phases[:, None, :] - phases[:, :, None]).mean(axis=2)
    expected = natural + couplings[:, None] * pairs
    assert synchronisation.velocity(phases, natural, couplings) == pytest.approx(expected)


def test_courses_are_those_of_a_general_solver() -> None:
    config = synchronisation.Config(oscillators=(5,), couplings=(1.5,), duration=10, step=0.02)
    result = synchronisation.run(config, seed=4)
    natural = synchronisation.frequencies(5)
    start = 2 * np.pi * np.random.default_rng([4, 5]).random(5)

    def flow(_time: float, phases: Floats) -> Floats:
        return natural + 1.5 * np.sin(phases[None, :] - phases[:, None]).mean(axis=1)

    times = np.linspace(0, 10, 51)
    solved = solve_ivp(flow, (0, 10), start, t_eval=times, rtol=1e-10, atol=1e-10).y
    expected = np.abs(np.exp(1j * solved).mean(axis=0))
    assert result.course[0, 0] == pytest.approx(expected, abs=1e-4)


def test_stored_order_follows_the_law_past_the_threshold() -> None:
    for result in store.stored("synchronisation"):
        couplings = np.array(result.config.couplings)
        law = np.sqrt(1 - 1 / couplings[couplings >= 1.25])
        assert result.order[-1, couplings >= 1.25] == pytest.approx(law, abs=0.02)
        # Below it only a remnant is left, smaller in larger populations.
        assert np.all(result.order[-1, couplings <= 0.75] < 0.1)
        below = result.order[:, couplings <= 0.75].mean(axis=1)
        assert np.all(np.diff(below) < 0)
        assert result.course[:, :, 0] == pytest.approx(
            np.repeat(result.course[:, :1, 0], len(couplings), axis=1)
        )


def test_same_seed_same_bits_kept_and_read(tmp_path: Path) -> None:
    result = synchronisation.run(TINY, seed=2)
    result.save(tmp_path / "kept.npz")
    assert synchronisation.run(TINY, seed=2).difference(result.load(tmp_path / "kept.npz")) == 0
    assert not np.array_equal(synchronisation.run(TINY, seed=3).order, result.order)
    assert result.course.shape == (2, 2, 51)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"oscillators": (1,)}, "oscillators: found"),
        ({"couplings": (-1.0,)}, "couplings: found"),
        ({"couplings": (2.0, 1.0)}, "each above the one before"),
        ({"duration": 0.5}, "duration: found 0.5, want numbers of at least 1"),
        ({"step": 1.0}, "step: found 1.0"),
    ],
)
def test_settings_that_cannot_run_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        synchronisation.Config(**settings)
