"""The same jobs on processes, threads and a cluster's engine."""

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from emergence_lib.experiments import addition, store, sweep
from tests.cluster import local_cluster

TINY = addition.Config(widths=(4,), lengths=(1, 2), steps=2, items=20)
JOBS = [sweep.Job("addition", TINY, seed) for seed in range(4)]


def test_every_job_comes_back_once_with_its_own_result() -> None:
    with ThreadPoolExecutor(2) as executor:
        results = dict(sweep.run_many(JOBS, executor))
    assert set(results) == set(JOBS)
    assert all(result.seed == job.seed for job, result in results.items())


def test_a_failing_run_raises_what_it_raised() -> None:
    broken = sweep.Job("addition", "no settings", 0)
    with ThreadPoolExecutor(1) as executor, pytest.raises(AttributeError):
        list(sweep.run_many([broken], executor))


def test_stopping_early_cancels_what_has_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, stopped = [], Event()
    run_job = sweep.run_job

    def wait_after_the_first(job: sweep.Job) -> store.Result:
        begun.append(job)
        if len(begun) > 1:
            assert stopped.wait(60)
        return run_job(job)

    monkeypatch.setattr(sweep, "run_job", wait_after_the_first)
    jobs = [sweep.Job("addition", TINY, seed) for seed in range(20)]
    with ThreadPoolExecutor(1) as executor:
        results = sweep.run_many(jobs, executor)
        assert isinstance(results, Generator)
        assert next(results)[0] == jobs[0]
        results.close()
        stopped.set()
    # The one thread had begun the second at most.
    assert begun in (jobs[:1], jobs[:2])


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # the engine's own warnings are not ours
def test_a_local_cluster_gives_the_same_results() -> None:
    with local_cluster() as executor:
        results = dict(sweep.run_many(JOBS[:2], executor))
    for job in JOBS[:2]:
        assert results[job].difference(addition.run(TINY, job.seed)) == 0
