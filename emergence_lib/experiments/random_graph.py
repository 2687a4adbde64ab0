"""Experiment: links are thrown among nodes until a giant component appears.

Pairs of nodes are linked at random (erdos1960evolution). While a node has less than one link on
average, all that hangs together are small trees; past one, a single component holds a finite share
of all nodes, and in the limit of many nodes that share leaves zero with a kink at exactly one.

Why it matters here: nothing about a single link changes at the threshold. Note too what is and is
not sudden: the share of the largest component is continuous, only its slope jumps, and with a
hundred nodes even the kink is rounded away.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import process_time

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from emergence_lib import laws
from emergence_lib.experiments import store
from emergence_lib.experiments.layers import Floats, Integers
from emergence_lib.experiments.settings import Progress, check, watched


@dataclass(frozen=True)
class Config:
    """Which graphs are drawn; the defaults are the book's."""

    nodes: tuple[int, ...] = (100, 1000, 10_000, 100_000)
    """Nodes of a graph."""
    degrees: tuple[float, ...] = tuple(round(0.1 * i, 1) for i in range(31))
    """Mean numbers of links of a node."""
    budget: int = 200_000
    """Nodes in all graphs of one size together: smaller graphs are drawn more often."""

    def __post_init__(self) -> None:
        """Refuse settings that cannot be run."""
        check(self, "nodes", low=2, whole=True, rising=True)
        check(self, "degrees", low=0, rising=True)
        check(self, "budget", low=max(self.nodes), whole=True)
        if max(self.degrees) > min(self.nodes) / 10:
            raise ValueError(
                f"degrees: found {max(self.degrees):g}, want at most a tenth of the nodes "
                f"({min(self.nodes)}): pairs drawn twice would be too many"
            )


@dataclass(frozen=True, kw_only=True)
class Result(store.Result):
    """Sizes of components.

    Attributes
    ----------
    largest, spread : array, shape (nodes, degrees)
        Share of the nodes in the largest component: mean and standard deviation over graphs.
    """

    config: Config
    largest: Floats
    spread: Floats


BOOK = Config()


def giant_share(degree: ArrayLike) -> Floats:
    """Return the share of the giant component in an infinite graph.

    A node is outside exactly if all its neighbours are: the largest root of
    ``s = 1 - exp(-degree * s)``, zero up to degree 1 (erdos1960evolution).

    Parameters
    ----------
    degree : array_like
        Mean number of links of a node, at least 0.

    Returns
    -------
    array, shape of `degree`

    Raises
    ------
    ValueError
        If a degree is negative or not finite.
    """
    mean = laws.within("degree", degree, 0)
    # Halving: just above degree 1 steps of Newton or of the equation itself take for ever.
    low, high = np.zeros_like(mean), np.ones_like(mean)
    for _ in range(60):
        middle = (low + high) / 2
        below = 1 - np.exp(-mean * middle) > middle
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.where(mean > 1, (low + high) / 2, 0.0)


def largest_shares(links: Integers, nodes: int, graphs: int) -> Floats:
    """Return the share of the largest component of each graph, shape (graphs,).

    Parameters
    ----------
    links : array of int, shape (2, links)
        The two ends of each link; graph g owns the nodes from g * nodes up to (g + 1) * nodes.
    nodes, graphs : int
        Nodes of a graph, and number of graphs.
    """
    total = nodes * graphs
    matrix = coo_array((np.ones(links.shape[1], np.int8), tuple(links)), shape=(total, total))
    components = connected_components(matrix, directed=False)[1]
    sizes = np.bincount(components)
    return sizes[components].reshape(graphs, nodes).max(axis=1) / nodes


def draw_links(nodes: int, graphs: int, count: int, rng: np.random.Generator) -> Integers:
    """Draw `count` links, each between two different nodes of one graph, shape (2, count).

    A pair may come twice; that happens to about ``degree**2 / 4`` links of a graph of any size.
    """
    first = rng.integers(nodes * graphs, size=count)
    graph, node = np.divmod(first, nodes)
    second = graph * nodes + (node + rng.integers(1, nodes, size=count)) % nodes
    return np.stack([first, second])


def run(config: Config = BOOK, seed: int = 0, progress: Progress | None = None) -> Result:
    """Let graphs of every size grow; `progress` wraps the sizes as tqdm.tqdm does."""
    start = process_time()
    measures = np.zeros((2, len(config.nodes), len(config.degrees)))
    for place in watched(range(len(config.nodes)), progress):
        nodes = config.nodes[place]
        graphs = config.budget // nodes
        # Half a link to a node: a link has two ends. The same graphs grow from degree to degree.
        counts = [round(degree * nodes * graphs / 2) for degree in config.degrees]
        links = draw_links(nodes, graphs, counts[-1], np.random.default_rng([seed, nodes]))
        for column, count in enumerate(counts):
            shares = largest_shares(links[:, :count], nodes, graphs)
            measures[:, place, column] = shares.mean(), shares.std()
    return Result(
        config=config,
        seed=seed,
        seconds=process_time() - start,
        largest=measures[0],
        spread=measures[1],
    )
