"""The optimiser, and the derivatives it is fed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from emergence_lib.fitting.batch import Batch, Likelihood, Rows, counts, errors
from emergence_lib.fitting.fisher import Model, Parabola, Prediction, downhill, maximise
from emergence_lib.fitting.models import Rise, _Chord, centred
from emergence_lib.fitting.profile import _Pinned
from emergence_lib.fitting.shapes import GOMPERTZ, LOGISTIC, all_right
from tests.fitting.curves import drawn

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
SHAPES = [LOGISTIC, GOMPERTZ, all_right(4)]


class Weighed:
    """A straight line through measured errors: least squares, with a closed form."""

    def __init__(self, x: Array) -> None:
        self.x = x

    def __call__(self, theta: Array, data: Likelihood) -> tuple[Array, Prediction]:
        p = theta[0] + theta[1] * self.x
        return theta, Prediction(p, 1 - p, lambda: np.stack([np.ones_like(self.x), self.x]))

    def take(self, rows: Rows) -> Weighed:
        return Weighed(self.x[:, rows])


def lines(curves: int = 40) -> tuple[Batch, Array]:
    rng = np.random.default_rng(3)
    stderr = rng.uniform(0.01, 0.2, (curves, 6))
    batch = errors(10.0 ** np.arange(6), rng.uniform(0, 1, (curves, 6)), stderr)
    fits = [
        np.polyfit(np.arange(6), y, 1, w=1 / s) for y, s in zip(batch.score, stderr, strict=True)
    ]
    return batch, np.array(fits).T[::-1]


def test_least_squares_are_numpys() -> None:
    batch, expected = lines()
    start, wide = np.zeros((2, len(batch))), np.full((2, len(batch)), 100.0)
    theta, lost = maximise(Weighed(batch.x.T), batch, start, -wide, wide)
    assert theta == pytest.approx(expected, abs=1e-4)
    assert lost == pytest.approx(batch.deviance(*_scores(expected, batch)), rel=1e-7)


def test_on_an_edge_the_other_parameter_is_still_optimal() -> None:
    batch, free = lines()
    edge = free[1] + 0.05
    start, wide = np.zeros((2, len(batch))), np.full((2, len(batch)), 100.0)
    low = np.stack([-wide[0], edge])
    theta, _ = maximise(Weighed(batch.x.T), batch, start, low, wide)
    assert theta[1] == pytest.approx(edge)
    weight = batch.weight
    best = np.sum(weight * (batch.score - edge[:, None] * batch.x), axis=1) / weight.sum(axis=1)
    assert theta[0] == pytest.approx(best, abs=1e-4)


def _scores(theta: Array, batch: Batch) -> tuple[Array, Array]:
    p = theta[0][:, None] + theta[1][:, None] * batch.x
    return p, 1 - p


def _rise(free_ceiling: bool, free_floor: bool, shape: int) -> tuple[Batch, Rise, Array]:
    batch = drawn(5, floor=0.0 if free_floor else 0.2)
    u = centred(batch)
    columns = np.stack([np.ones_like(u), u])
    reach = None if free_ceiling else np.full(5, 0.9 if not free_floor else 1.0)
    model = Rise(SHAPES[shape], columns, np.full_like(u, 0.3), batch.floor, reach, free_floor)
    rng = np.random.default_rng(0)
    ends = [rng.uniform(0.6, 0.9, 5)] * free_ceiling + [rng.uniform(0.1, 0.3, 5)] * free_floor
    return batch, model, np.stack([rng.uniform(-1, 1, 5), rng.uniform(1, 4, 5), *ends])


def _pinned(shape: int) -> tuple[Batch, _Pinned, Array]:
    batch = drawn(5, floor=0.2)
    model = _Pinned(SHAPES[shape], centred(batch) - 0.6, batch.floor, np.full(5, 0.7))
    rng = np.random.default_rng(0)
    return batch, model, np.stack([rng.uniform(1, 4, 5), rng.uniform(1, 3, 5)])


def _chord(_: int) -> tuple[Batch, _Chord, Array]:
    batch = drawn(5)
    rng = np.random.default_rng(0)
    return batch, _Chord(centred(batch) + 0.5), rng.uniform(0.1, 0.9, (2, 5))


CASES: dict[str, Callable[[int], tuple[Batch, Model, Array]]] = {
    "known ends": lambda shape: _rise(False, False, shape),
    "free ceiling": lambda shape: _rise(True, False, shape),
    "free floor": lambda shape: _rise(False, True, shape),
    "both free": lambda shape: _rise(True, True, shape),
    "pinned": _pinned,
    "line": _chord,
}


@pytest.mark.parametrize("shape", range(3), ids=[shape.name for shape in SHAPES])
@pytest.mark.parametrize("case", CASES)
def test_derivatives_are_central_differences(
    case: str, shape: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch, model, theta = CASES[case](shape)
    # Free ends are improved on the way; here they have to stay where they are put.
    monkeypatch.setattr("emergence_lib.fitting.models._ends", _unmoved(model, theta))
    data = batch.likelihood
    same, here = model(theta, data)
    assert same == pytest.approx(theta)
    assert here.p + here.q == pytest.approx(np.ones_like(here.p))
    step = 1e-5
    for i in range(len(theta)):
        moved = np.zeros_like(theta)
        moved[i] = step
        ends = []
        for sign in (1, -1):
            monkeypatch.setattr(
                "emergence_lib.fitting.models._ends", _unmoved(model, theta + sign * moved)
            )
            ends.append(model(theta + sign * moved, data)[1])
        after, before = ends
        assert here.slope()[i] == pytest.approx((after.p - before.p) / (2 * step), abs=1e-8)
        for j in range(len(theta)):
            bend = _bend(here, min(i, j), max(i, j))
            difference = (after.slope()[j] - before.slope()[j]) / (2 * step)
            assert bend == pytest.approx(difference, abs=1e-7), (i, j)


def _bend(here: Prediction, i: int, j: int) -> Array:
    """Return a second derivative at every point: the sum over points of which only one counts."""
    bend = np.zeros_like(here.p)
    for point in range(len(bend)):
        pull = np.zeros_like(here.p)
        pull[point] = 1
        bend[point] = here.bent(pull, here.slope()[:, point]).get((i, j), 0)
    return bend


def _unmoved(model: Model, theta: Array) -> Callable[..., tuple[Array, Array]]:
    def ends(rise: Rise, *_: object) -> tuple[Array, Array]:
        size = len(rise.columns)
        return (
            theta[-1] if rise.free_floor else rise.floor,
            theta[size] if rise.reach is None else rise.reach,
        )

    return ends


def _step(hessian: Array, gradient: Array, damping: float, held: Flags) -> Array:
    """Return the steps of parabolas of which some parameters are held at an edge."""
    here = Parabola(np.zeros(gradient.shape[1]), gradient, hessian)
    at_high = held & (gradient >= 0)
    at_low = held & (gradient <= 0)
    return downhill(here, np.full(gradient.shape[1], damping), at_low, at_high)[0]


@pytest.mark.parametrize("size", [1, 2, 3, 4])
@pytest.mark.parametrize("range_of_units", [1.0, 1e40])
def test_steps_solve_the_damped_system_as_numpy_does(size: int, range_of_units: float) -> None:
    rng = np.random.default_rng(size)
    root = rng.normal(size=(30, size, size))
    matrix, right = root @ root.swapaxes(1, 2), rng.normal(size=(30, size))
    damped = matrix + 0.1 * matrix * np.eye(size)
    expected = np.linalg.solve(damped, right[..., None])[..., 0].T
    # A parameter in another unit takes the same step in that unit.
    unit = np.geomspace(1, range_of_units, size)
    hessian = np.moveaxis(matrix * unit[:, None] * unit, 0, 2)
    gradient = (right * unit).T
    held = np.zeros((size, 30), dtype=bool)
    assert _step(hessian, gradient, 0.1, held) * unit[:, None] == pytest.approx(expected, rel=1e-9)
    held[-1, ::2] = True
    found = (_step(hessian, gradient, 0.1, held) * unit[:, None])[:, ::2]
    less = np.linalg.solve(damped[::2, :-1, :-1], right[::2, :-1, None])[..., 0].T
    assert np.all(found[-1] == 0)
    assert found[:-1] == pytest.approx(less, rel=1e-9)


def test_where_the_parabola_opens_downwards_the_step_still_leads_downhill() -> None:
    rng = np.random.default_rng(0)
    half = rng.normal(size=(3, 3, 200))
    matrix, gradient = half + half.swapaxes(0, 1), rng.normal(size=(3, 200))
    step = _step(matrix, gradient, 1e-4, np.zeros((3, 200), bool))
    assert np.all(np.sum(step * gradient, axis=0) > 0)


def test_fast_and_slow_curves_do_not_disturb_each_other() -> None:
    easy = drawn(20)
    hard = counts(10.0 ** np.arange(8, 16), np.eye(8)[:, ::-1].cumsum(axis=1), 1000)
    both = [*range(20), *range(8)]
    u = centred(easy)
    model = Rise(LOGISTIC, np.stack([np.ones_like(u), u]), 0 * u, easy.floor, np.ones(20))
    start = np.stack([np.zeros(20), np.full(20, 5.0)])
    box = np.stack([np.full(20, -1e5), np.full(20, 0.1)]), np.full((2, 20), 1e5)
    alone = maximise(model, easy, start, *box)[0]
    mixed = Batch(
        np.concatenate([easy.x, hard.x]),
        np.concatenate([easy.score, hard.score]),
        np.concatenate([easy.weight, hard.weight]),
        np.zeros(len(both)),
        True,
    )
    u = centred(mixed)
    model = Rise(LOGISTIC, np.stack([np.ones_like(u), u]), 0 * u, mixed.floor, np.ones(28))
    start = np.stack([np.zeros(28), np.full(28, 5.0)])
    box = np.stack([np.full(28, -1e5), np.full(28, 0.1)]), np.full((2, 28), 1e5)
    assert maximise(model, mixed, start, *box)[0][:, :20] == pytest.approx(alone, rel=1e-9)
