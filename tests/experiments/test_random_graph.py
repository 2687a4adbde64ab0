"""Random graphs against a union-find of our own and the equation of the giant component."""

from itertools import combinations, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq

from emergence_lib.experiments import random_graph, store
from emergence_lib.experiments.layers import Integers

TINY = random_graph.Config(nodes=(50, 500), degrees=(0.0, 0.5, 1.0, 2.0), budget=5000)


def union_find(links: Integers, nodes: int) -> int:
    """Return the size of the largest component."""
    parent = list(range(nodes))

    def root(node: int) -> int:
        while parent[node] != node:
            node = parent[node]
        return node

    for one, other in links.T.tolist():
        parent[root(one)] = root(other)
    return max(np.bincount([root(node) for node in range(nodes)]))


def test_largest_component_is_what_union_find_finds() -> None:
    for seed, count in product(range(5), (0, 10, 25, 60)):
        links = random_graph.draw_links(40, 3, count, np.random.default_rng(seed))
        shares = random_graph.largest_shares(links, 40, 3)
        for graph in range(3):
            own = links[:, links[0] // 40 == graph] - 40 * graph
            assert shares[graph] * 40 == pytest.approx(union_find(own, 40))


def test_links_join_two_nodes_of_one_graph_all_pairs_alike() -> None:
    links = random_graph.draw_links(5, 2, 40_000, np.random.default_rng(0))
    pairs = np.sort(links, axis=0).T
    counts = {
        tuple(pair): count
        for pair, count in zip(*np.unique(pairs, axis=0, return_counts=True), strict=True)
    }
    wanted = [*combinations(range(5), 2), *combinations(range(5, 10), 2)]
    assert sorted(counts) == wanted
    # 2000 expected of each; five standard deviations
    assert all(abs(counts[pair] - 2000) < 5 * np.sqrt(2000) for pair in wanted)


@pytest.mark.parametrize("degree", [1.001, 1.1, 1.5, 2.0, 3.0, 8.0])
def test_giant_share_solves_its_equation(degree: float) -> None:
    root = brentq(lambda s: s - 1 + np.exp(-degree * s), 1e-4, 1, xtol=1e-14)
    assert random_graph.giant_share(degree) == pytest.approx(root, abs=1e-12)


def test_giant_share_is_nothing_up_to_one_link_a_node() -> None:
    assert random_graph.giant_share([0, 0.5, 1]).tolist() == [0, 0, 0]
    # Just above the kink the share rises as twice the excess.
    assert random_graph.giant_share(1.0001) == pytest.approx(0.0002, rel=0.01)


@pytest.mark.parametrize("degree", [-1.0, float("nan"), [1.0, float("inf")]])
def test_giant_share_refuses_what_is_no_degree(degree: Any) -> None:
    with pytest.raises(ValueError, match="degree: found"):
        random_graph.giant_share(degree)


def test_large_graphs_follow_the_law_away_from_the_kink() -> None:
    degrees = (0.5, 1.5, 2.0, 3.0)
    result = random_graph.run(
        random_graph.Config(nodes=(20_000,), degrees=degrees, budget=100_000), seed=5
    )
    law = [0.0] + [brentq(lambda s, c=c: s - 1 + np.exp(-c * s), 0.1, 1) for c in degrees[1:]]
    assert result.largest[0] == pytest.approx(law, abs=0.01)


def test_stored_graphs_sharpen_with_size_at_mean_degree_one() -> None:
    for result in store.stored("random_graph"):
        degrees = np.array(result.config.degrees)
        below, above = degrees <= 0.7, degrees >= 1.3
        misses = np.abs(result.largest - random_graph.giant_share(degrees))
        # The corner is rounded off, the less the larger the graph.
        assert np.all(np.diff(misses[:, below].max(axis=1)) < 0)
        assert np.all(misses[-1, below | above] < 0.01)
        assert np.all(np.diff(result.largest, axis=1) >= 0)


def test_same_seed_same_bits_kept_and_read(tmp_path: Path) -> None:
    result = random_graph.run(TINY, seed=2)
    result.save(tmp_path / "kept.npz")
    assert random_graph.run(TINY, seed=2).difference(result.load(tmp_path / "kept.npz")) == 0
    assert not np.array_equal(random_graph.run(TINY, seed=3).largest, result.largest)
    assert result.largest[:, 0] == pytest.approx([1 / 50, 1 / 500])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"nodes": (1,)}, "nodes: found"),
        ({"nodes": (100, 50)}, "each above the one before"),
        ({"degrees": (-0.5,)}, "degrees: found"),
        ({"degrees": (0.0, 20.0)}, "degrees: found 20, want at most a tenth"),
        ({"budget": 10}, "budget: found 10"),
    ],
)
def test_settings_that_cannot_run_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        random_graph.Config(**settings)
