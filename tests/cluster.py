"""A cluster of one worker in this process, for tests that run on any executor."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

import pytest


@contextmanager
def local_cluster() -> Iterator[Executor]:
    """Begin the cluster, or skip the test where its engine is not installed."""
    distributed = pytest.importorskip(
        "distributed", reason="no cluster engine: pip install distributed"
    )
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client.get_executor()
