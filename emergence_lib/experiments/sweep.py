"""Many runs side by side, on whatever executes them: processes here, a cluster elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass
from typing import Any

from emergence_lib.experiments import store


@dataclass(frozen=True)
class Job:
    """One run of one experiment."""

    name: str
    config: Any
    seed: int
    variant: str = ""

    @property
    def label(self) -> str:
        """How the job is named to a person."""
        return " ".join(filter(None, (self.name, self.variant, f"seed {self.seed}")))


def run_job(job: Job) -> store.Result:
    """Run one job (in another process, the module is imported there)."""
    result: store.Result = store.experiment(job.name).run(job.config, seed=job.seed)
    return result


def stored_jobs(name: str) -> list[Job]:
    """Return the jobs whose results are stored: every variant of an experiment, every seed."""
    return [
        Job(name, config, seed, variant)
        for variant, config in store.variants(name).items()
        for seed in store.SEEDS
    ]


def run_many(jobs: Iterable[Job], executor: Executor) -> Iterator[tuple[Job, store.Result]]:
    """Run jobs on an executor and yield each result as soon as it is there.

    Parameters
    ----------
    jobs : iterable of Job
        What to run.
    executor : concurrent.futures.Executor
        A `ProcessPoolExecutor` on one machine; on a cluster, the executor of its engine, such as
        ``dask.distributed.Client(address).get_executor()``.

    Yields
    ------
    tuple of Job and Result
        In the order in which they finish. If the caller stops early, what has not begun is
        cancelled.

    Raises
    ------
    Exception
        Whatever a run raises.
    """
    futures = {executor.submit(run_job, job): job for job in jobs}
    try:
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        for future in futures:
            future.cancel()
