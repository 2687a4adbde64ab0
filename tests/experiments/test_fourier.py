"""The Fourier filter: it finds a planted rule of addition, and none where there is none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emergence_lib.experiments import fourier, modular


def planted(modulus: int, width: int, noise: float = 0.0) -> modular.Net:
    """Return a net that adds mod an odd number: each neuron one frequency, phases that match."""
    rng = np.random.default_rng(8)
    net = modular.Net(modulus, width, rng, np.float64)
    frequency = 1 + np.arange(width) % (modulus // 2)
    a, b = rng.uniform(0, 2 * np.pi, (2, width, 1))
    angle = 2 * np.pi * frequency[:, None] * np.arange(modulus) / modulus
    first = np.hstack([np.cos(angle + a), np.cos(angle + b)])
    return net.like(
        first + rng.normal(0, noise, first.shape),
        (np.cos(angle + a + b) + rng.normal(0, noise, angle.shape)).T,
    )


def accuracy(net: modular.Net) -> float:
    pairs = np.indices((net.modulus, net.modulus)).reshape(2, -1)
    return net.accuracy(modular.encode(pairs, net.modulus), pairs.sum(axis=0) % net.modulus)


def test_power_finds_the_frequency_of_a_wave() -> None:
    net = planted(13, 12)
    assert fourier.strongest(net).tolist() == [1, 2, 3, 4, 5, 6] * 2
    assert fourier.power(net).max(axis=1) == pytest.approx(1)


def test_filter_keeps_a_planted_solution() -> None:
    net = planted(31, 150)
    assert accuracy(net) == 1
    kept = fourier.filtered(net, fourier.strongest(net))
    assert kept.weights == pytest.approx(net.weights, abs=1e-12)
    assert np.abs(fourier.excluded(net, fourier.strongest(net)).first).max() < 1e-12


def test_filter_digs_a_planted_solution_out_of_noise() -> None:
    net = planted(31, 150, noise=1.5)
    assert accuracy(net) < 0.3
    assert accuracy(fourier.filtered(net, fourier.strongest(net))) > 0.9


@pytest.mark.parametrize("seed", range(3))
def test_filter_invents_nothing_on_random_weights(seed: int) -> None:
    net = modular.Net(31, 150, np.random.default_rng(seed), np.float64)
    # chance is 0.032; 961 pairs, five standard deviations
    assert accuracy(fourier.filtered(net, fourier.strongest(net))) < 0.032 + 5 * 0.0057


def test_filter_wants_the_right_order_of_the_numbers() -> None:
    net = planted(31, 150)
    order = np.random.default_rng(1).permutation(31)
    mixed = fourier.reordered(net, order)
    sieved = fourier.filtered(mixed, fourier.strongest(mixed))
    assert accuracy(fourier.reordered(sieved, np.argsort(order))) < 0.1
    back = fourier.reordered(mixed, np.argsort(order))
    assert np.array_equal(back.weights, net.weights)


def test_products_are_sums_of_logarithms() -> None:
    """3 generates all numbers from 1 to 30 mod 31, so the planted sum mod 30 multiplies."""
    powers = np.array([pow(3, k, 31) for k in range(30)])
    assert sorted(powers) == list(range(1, 31))
    logs = np.argsort(powers)
    net = fourier.reordered(planted(30, 150), logs)
    pairs = np.indices((30, 30)).reshape(2, -1)
    product = (pairs[0] + 1) * (pairs[1] + 1) % 31
    assert net.accuracy(modular.encode(pairs, 30), product - 1) == 1


def test_controls_find_nothing_in_a_planted_solution() -> None:
    net = planted(31, 150)
    for seed in range(3):
        rng = np.random.default_rng(seed)
        # Another frequency has no power in a pure wave.
        assert np.abs(fourier.shuffled(net, rng).weights).max() < 1e-12
        assert accuracy(fourier.scrambled(net, rng)) < 0.1


@given(st.integers(2, 20), st.integers(0, 2**32 - 1))
def test_shuffled_keeps_another_frequency(half: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    net = modular.Net(2 * half + 1, 8, rng, np.float64)
    kept = fourier.strongest(fourier.shuffled(net, rng))
    assert np.all(kept != fourier.strongest(net))
    assert np.all((kept >= 1) & (kept <= half))
