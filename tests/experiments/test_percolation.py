"""Percolation against flood fill, exact enumeration and the known threshold and exponent."""

from collections import deque
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from emergence_lib.experiments import percolation, store


def flood(sites: NDArray[np.bool_]) -> bool:
    """Pour water on the top row; say whether it comes out at the bottom."""
    wet, front = set(), [(0, column) for column in np.flatnonzero(sites[0]).tolist()]
    while front:
        row, column = front.pop()
        if (row, column) in wet:
            continue
        wet.add((row, column))
        for near in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
            inside = 0 <= near[0] < sites.shape[0] and 0 <= near[1] < sites.shape[1]
            if inside and sites[near]:
                front.append(near)
    return any(row == len(sites) - 1 for row, _ in wet)


@pytest.mark.parametrize("size", [2, 3, 5, 12])
def test_spanning_is_what_a_flood_finds(size: int) -> None:
    rng = np.random.default_rng(size)
    found = []
    for density in np.linspace(0.2, 0.9, 100):
        sites = rng.random((size, size)) < density
        found.append(percolation.spans(sites))
        assert found[-1] == flood(sites)
    assert 10 < sum(found) < 90


def test_threshold_is_the_least_density_whose_lattice_spans() -> None:
    rng = np.random.default_rng(1)
    for _ in range(20):
        field = rng.random((6, 6))
        first = next(value for value in np.sort(field.ravel()) if flood(field <= value))
        assert percolation.threshold(field) == pytest.approx(first, abs=2**-14)


def test_spanning_probability_is_the_enumerated_one() -> None:
    config = percolation.Config(sizes=(3,), repeats=800, densities=(0.3, 0.5, 0.6, 0.7))
    spanning = percolation.run(config, seed=5).spanning[0]
    patterns = [np.array(each).reshape(3, 3) for each in product([False, True], repeat=9)]
    open_sites = np.array([each.sum() for each in patterns if flood(each)])
    for density, measured in zip(config.densities, spanning, strict=True):
        exact = (density**open_sites * (1 - density) ** (9 - open_sites)).sum()
        # five standard deviations
        assert abs(measured - exact) < 5 * np.sqrt(exact * (1 - exact) / config.repeats)


def test_larger_lattices_turn_more_sharply() -> None:
    result = percolation.run(percolation.Config(sizes=(4, 32), repeats=100), seed=5)
    small, large = result.widths()
    assert large < small / 2.5
    assert np.all(np.diff(result.spanning, axis=1) >= 0)


def test_stored_lattices_show_the_known_threshold_and_exponent() -> None:
    exponents = []
    for result in store.stored("percolation"):
        assert result.quantiles[-2:, 1] == pytest.approx(0.592746, abs=0.004)
        exponents.append(result.width_exponent())
    assert np.mean(exponents) == pytest.approx(-0.75, abs=0.05)


def test_stored_curves_collapse() -> None:
    for result in store.stored("percolation"):
        scaled = result.collapsed()
        common = np.linspace(-0.8, 0.8, 17)
        # The curves of edge 32 and 128 are one when densities are rescaled...
        sizes = [result.config.sizes.index(size) for size in (32, 128)]
        one, other = (np.interp(common, scaled[i], result.spanning[i]) for i in sizes)
        assert np.abs(one - other).max() < 0.15
        # ... and do not when they are not.
        plain = np.array(result.config.densities)
        one, other = (np.interp(0.592746 + common / 20, plain, result.spanning[i]) for i in sizes)
        assert np.abs(one - other).max() > 0.2


def test_same_seed_same_bits_kept_and_read(tmp_path: Path) -> None:
    config = percolation.Config(sizes=(4, 8), repeats=10)
    result = percolation.run(config, seed=2)
    result.save(tmp_path / "kept.npz")
    assert percolation.run(config, seed=2).difference(result.load(tmp_path / "kept.npz")) == 0
    assert not np.array_equal(percolation.run(config, seed=3).quantiles, result.quantiles)
    alone = percolation.run(percolation.Config(sizes=(8,), repeats=10), seed=2)
    assert np.array_equal(alone.quantiles[0], result.quantiles[1])
    with pytest.raises(ValueError, match=r"sizes: found \(8,\), want at least two"):
        alone.width_exponent()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"sizes": ()}, "sizes: found"),
        ({"sizes": (1,)}, "sizes: found"),
        ({"densities": (0.5, 1.5)}, "densities: found"),
        ({"densities": (0.6, 0.5)}, "each above the one before"),
        ({"repeats": 0}, "repeats: found 0"),
    ],
)
def test_settings_that_cannot_run_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        percolation.Config(**settings)


def walked(sites: NDArray[np.bool_]) -> list[set[tuple[int, int]]]:
    """Find clusters by walking from each open site to its open neighbours."""
    left = {(int(row), int(column)) for row, column in np.argwhere(sites)}
    found = []
    while left:
        cluster, waiting = set(), deque([left.pop()])
        while waiting:
            row, column = waiting.popleft()
            cluster.add((row, column))
            for near in (
                (row + 1, column),
                (row - 1, column),
                (row, column + 1),
                (row, column - 1),
            ):
                if near in left:
                    left.remove(near)
                    waiting.append(near)
        found.append(cluster)
    return found


def crosses(cluster: set[tuple[int, int]], size: int) -> bool:
    """Say whether a cluster has sites in the top and the bottom row."""
    return {0, size - 1} <= {row for row, _ in cluster}


@pytest.mark.parametrize("share", [0.0, 0.3, 0.55, 0.62, 1.0])
def test_a_board_is_what_walking_from_site_to_site_finds(share: float) -> None:
    for seed in range(5):
        board = percolation.board(12, share, seed)
        clusters = walked(board.open)
        largest = max(map(len, clusters), default=0)
        assert board.largest.sum() == largest
        members = {(int(row), int(column)) for row, column in np.argwhere(board.largest)}
        assert not members or members in clusters
        assert board.crossed == any(crosses(each, 12) for each in clusters)


def test_a_site_once_open_stays_open_and_the_share_is_about_the_one_asked_for() -> None:
    few, many = percolation.board(64, 0.4), percolation.board(64, 0.6)
    assert not np.any(few.open & ~many.open)
    # Five standard deviations of a count of 4,096 sites.
    assert few.open.mean() == pytest.approx(0.4, abs=5 * np.sqrt(0.24 / 4096))


def test_thresholds_are_where_the_boards_themselves_begin_to_be_crossed() -> None:
    boards = 20
    found = percolation.thresholds(8, boards)
    for share in (0.5, 0.6, 0.7):
        crossed = [
            any(crosses(each, 8) for each in walked(percolation.field(8, seed) < share))
            for seed in range(boards)
        ]
        assert np.sum(found < share) == sum(crossed)


def test_a_share_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"share: found 1\.5"):
        percolation.board(8, 1.5)


def test_the_table_of_crossings_is_the_mean_of_the_runs() -> None:
    config = percolation.Config(sizes=(2, 4), densities=(0.5, 0.6, 0.7), repeats=10)
    runs = [percolation.run(config, seed) for seed in (1, 2)]
    table = percolation.crossed(runs)
    assert table[4][0.6] == (runs[0].spanning[1, 1] + runs[1].spanning[1, 1]) / 2
