"""The audit of one curve, and of any number of them: in chunks, side by side if asked."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import replace
from functools import partial

from emergence_lib import laws
from emergence_lib.audit.curve import Curve, fail
from emergence_lib.audit.report import Report, Seed, reports
from emergence_lib.audit.verdict import SHARP

CHUNK = 16_000
"""Scores audited together, of as many curves as have them: memory does not grow with these."""

SEVERAL = "Pass a list, such as read(...) returns"
NO_CURVE = (
    "Pass what read(...) returns of a table or file, or make a Curve; losses go to audit_loss"
)


def audit(
    curve: Curve, *, sharp: float = SHARP, ceiling: float | None = None, seed: int = 0
) -> Report:
    """Audit one curve; see `audit_many`."""
    return next(audit_many([curve], sharp=sharp, ceiling=ceiling, seed=seed))


def audit_many(
    curves: Iterable[Curve],
    *,
    sharp: float = SHARP,
    ceiling: float | None = None,
    seed: int = 0,
    thorough: bool = True,
    executor: Executor | None = None,
    ahead: int | None = None,
) -> Iterator[Report]:
    """Audit curves and yield their reports one after the other, in their order.

    For a progress bar, wrap the reports: ``tqdm(audit_many(curves), total=len(curves))``.

    Parameters
    ----------
    curves : iterable of Curve
        Taken in chunks of `CHUNK` scores and only as far as reports are asked for, so a generator
        of any length needs little memory.
    sharp : float
        Decades below which the width of a rise counts as sharp.
    ceiling : float, optional
        Best possible score; by default 1, or fitted where the scores level off clearly below.
    seed : int
        Of the simulations. A curve's verdict does not depend on it; its null distribution does, and
        on the curves audited with it.
    thorough : bool
        Also simulate the null distribution of the usual scores and look for remedies; without
        these, which are most of the work, thousands of curves are quick.
    executor : concurrent.futures.Executor, optional
        Audits chunks side by side, such as a `concurrent.futures.ProcessPoolExecutor` on one
        machine, or ``dask.distributed.Client(address).get_executor()`` on a cluster, where this
        library is installed too. The reports are the same as without.
    ahead : int, optional
        Chunks that are with the executor at one time; twice the processors of this machine by
        default, where a cluster wants twice its own. Memory grows with it.

    Yields
    ------
    Report
        If the caller stops early, what has not begun is cancelled.

    Raises
    ------
    ValueError
        If ``sharp`` is not finite and above 0, the ceiling is not above chance, scores lie above
        the ceiling, or ``ahead`` or ``seed`` is not a whole number of at least 1 or 0; a
        `CurveError` if something else than curves is given.
    """
    if isinstance(curves, Curve) or not isinstance(curves, Iterable):
        fail("curves", f"found one {type(curves).__name__}, want several", SEVERAL)
    laws.within("sharp", sharp, 0, open_low=True)
    if ceiling is not None:
        laws.within("ceiling", ceiling, 0, 1)
    ahead = int(laws.whole("ahead", 2 * (os.cpu_count() or 1) if ahead is None else ahead, 1))
    audited = partial(reports, sharp=sharp, ceiling=ceiling, thorough=thorough)
    # Seeds by the chunk, so that chunks can be audited in any order.
    seed = int(laws.whole("seed", seed, 0))
    tasks = ((chunk, (seed, number)) for number, chunk in enumerate(_chunks(curves)))
    if executor is None:
        for chunk, own in tasks:
            yield from audited(chunk, seed=own)
    else:
        for done in _side_by_side(audited, tasks, executor, ahead):
            yield from done


def _chunks(curves: Iterable[Curve]) -> Iterator[list[Curve]]:
    chunk: list[Curve] = []
    scores = 0
    for curve in curves:
        if not isinstance(curve, Curve):
            fail("curves", f"found {type(curve).__name__}, want a Curve", NO_CURVE)
        chunk.append(curve)
        scores += curve.scale.size
        if scores >= CHUNK:
            yield chunk
            chunk, scores = [], 0
    if chunk:
        yield chunk


def _side_by_side(
    audited: Callable[..., list[Report]],
    tasks: Iterable[tuple[list[Curve], Seed]],
    executor: Executor,
    ahead: int,
) -> Iterator[Iterator[Report]]:
    """Audit chunks on an executor, a limited number at one time, and yield them in order."""
    under_way: deque[tuple[list[Curve], Future[list[Report]]]] = deque()
    try:
        for chunk, seed in tasks:
            under_way.append((chunk, executor.submit(audited, chunk, seed=seed)))
            if len(under_way) == ahead:
                yield _own(*under_way.popleft())
        while under_way:
            yield _own(*under_way.popleft())
    finally:
        for _, future in under_way:
            future.cancel()


def _own(chunk: list[Curve], future: Future[list[Report]]) -> Iterator[Report]:
    """Return reports on the caller's own curves, not on copies from another process."""
    pairs = zip(chunk, future.result(), strict=True)
    return (replace(report, curve=curve) for curve, report in pairs)
