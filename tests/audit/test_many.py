"""Many curves: in chunks, in their order, on whatever executes them."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from itertools import repeat
from typing import Any

import numpy as np
import pandas as pd
import pytest

from emergence_lib.audit import Curve, CurveError, Report, audit, audit_many, words
from tests.audit.curves import logistic
from tests.cluster import local_cluster

CURVES = [
    logistic(width, models=models, items=200, seed=seed)
    for seed, (width, models) in enumerate([(0.4, 6), (3.0, 12), (0.9, 9), (2.0, 7), (0.6, 8)])
]


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Audit two curves of `CURVES` at a time."""
    monkeypatch.setattr("emergence_lib.audit.many.CHUNK", 12)


class Late(Executor):
    """An executor of nobody's library: it works only when a result is asked for."""

    def __init__(self) -> None:
        self.waiting: list[Future[object]] = []
        self.most = 0

    def submit(self, fn, /, *args, **kwargs):
        executor = self

        class Lazy(Future[object]):
            def result(self, timeout: float | None = None) -> object:
                executor.waiting.remove(self)
                return fn(*args, **kwargs)

        future = Lazy()
        self.waiting.append(future)
        self.most = max(self.most, len(self.waiting))
        return future


def endless(taken: list[Curve]) -> Iterator[Curve]:
    for curve in repeat(logistic(0.4, models=6)):
        taken.append(curve)
        yield curve


def test_many_curves_keep_their_order_whatever_their_noise() -> None:
    counted = [logistic(width, models=m) for width, m in ((0.4, 6), (3.0, 12), (0.9, 9))]
    measured = [
        Curve(f"measured {i}", each.scale, each.score, stderr=np.full(each.scale.shape, 0.01))
        for i, each in enumerate(counted)
    ]
    mixed = [counted[0], measured[0], counted[1], measured[1], measured[2], counted[2]]
    together = list(audit_many(mixed, thorough=False))
    assert [each.curve for each in together] == mixed
    for one in together:
        alone = audit(one.curve)
        assert alone.verdict is one.verdict
        assert alone.width is not None
        assert one.width is not None
        assert alone.width.best == pytest.approx(one.width.best, rel=1e-6)


def test_only_as_many_curves_are_taken_as_reports_are_asked_for() -> None:
    taken: list[Curve] = []
    reports = audit_many(endless(taken), thorough=False)
    first: Report = next(reports)
    assert first.usual == ()
    assert len(taken) == 2


def assert_the_same(reports: Iterator[Report]) -> None:
    for report, alone, curve in zip(reports, audit_many(CURVES), CURVES, strict=True):
        assert report.curve is curve
        assert words.to_json(report) == words.to_json(alone)


def test_threads_processes_and_any_executor_give_the_same_reports() -> None:
    # Begun afresh, as on another machine: a copy of this process would know all it knows.
    afresh = multiprocessing.get_context("spawn")
    with ThreadPoolExecutor(2) as threads, ProcessPoolExecutor(1, mp_context=afresh) as processes:
        for executor in (threads, processes, Late()):
            assert_the_same(audit_many(CURVES, executor=executor))


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # the engine's own warnings are not ours
def test_a_local_cluster_gives_the_same_reports() -> None:
    with local_cluster() as executor:
        assert_the_same(audit_many(CURVES, executor=executor))


def test_an_executor_holds_no_more_chunks_than_it_may() -> None:
    taken: list[Curve] = []
    executor = Late()
    reports = audit_many(endless(taken), thorough=False, executor=executor, ahead=3)
    for _ in range(10):
        next(reports)
    assert executor.most == 3
    # Five chunks were asked for, and two more wait.
    assert len(taken) == 14


def test_stopping_early_cancels_what_has_not_begun() -> None:
    executor = Late()
    reports = audit_many(endless([]), thorough=False, executor=executor, ahead=4)
    next(reports)
    waiting = list(executor.waiting)
    assert len(waiting) == 3
    reports.close()  # type: ignore[attr-defined]
    assert all(future.cancelled() for future in waiting)


def test_what_an_audit_raises_elsewhere_arrives_here() -> None:
    low = Curve("low", np.logspace(7, 9, 6), np.linspace(0.1, 0.9, 6), np.full(6, 1000.0))
    afresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=afresh) as executor:
        reports = audit_many([*CURVES, low], ceiling=0.5, executor=executor)
        with pytest.raises(CurveError, match=r"ceiling: found 0\.5, but a model scores"):
            list(reports)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (CURVES[0], "curves: found one Curve, want several. Remedy: Pass a list"),
        (3, "curves: found one int, want several"),
        ("scores.csv", r"curves: found str, want a Curve. Remedy: Pass what read\(...\) returns"),
        ([pd.DataFrame()], "curves: found DataFrame, want a Curve"),
    ],
)
def test_what_is_no_curve_is_named_with_the_way_to_one(given: Any, said: str) -> None:
    with pytest.raises(CurveError, match=said):
        list(audit_many(given))


def test_one_curve_of_another_kind_is_named_too() -> None:
    with pytest.raises(CurveError, match="curves: found dict, want a Curve"):
        audit({"scale": [1, 2], "score": [0, 1]})  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", [-1, 0.5, float("nan")])
def test_a_seed_is_a_whole_number(seed: float) -> None:
    with pytest.raises(ValueError, match="seed: found"):
        audit(CURVES[0], seed=seed)  # type: ignore[arg-type]


@pytest.mark.parametrize("ahead", [0, 1.5, float("nan")])
def test_an_executor_needs_room_for_a_chunk(ahead: float) -> None:
    with pytest.raises(ValueError, match="ahead: found"):
        next(audit_many(CURVES, executor=Late(), ahead=ahead))  # type: ignore[arg-type]
