"""The hand-written networks against PyTorch: gradients, optimiser, short trainings."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from emergence_lib.experiments import addition, autoregressive, grokking, induction, optim, quanta

torch = pytest.importorskip(
    "torch", reason="PyTorch is not part of the environment; `make crosscheck` runs these tests"
)

from benchmarks import networks  # noqa: E402
from tests.crosscheck import pairs, torch_twins  # noqa: E402 - needs torch

STEPS = 20
DOUBLE: Any = np.float64
ADDITION = addition.Config(lengths=(1, 2, 3), batch=32, warm_up=5)
UNITS = autoregressive.Config(lengths=(1, 2, 3), batch=32, warm_up=5)
LEADING = replace(UNITS, leading=True)
GROKKING = grokking.Config(modulus=11, width=16, warm_up=5)
SQUARED = grokking.Config(modulus=11, width=16, warm_up=5, loss="squared error")
INDUCTION = induction.Config(symbols=7, length=12, shortest=3, longest=5, batch=8, warm_up=5)
QUANTA = quanta.Config(skills=6, bits=8, parity=2, batch=64)

PAIRS: dict[str, Callable[[], pairs.Pair]] = {
    "addition": lambda: pairs.addition_pair(ADDITION, 12, STEPS, DOUBLE),
    "addition, reading its digits": lambda: pairs.autoregressive_pair(UNITS, 12, STEPS, DOUBLE),
    "addition, leading digit first": lambda: pairs.autoregressive_pair(LEADING, 12, STEPS, DOUBLE),
    "grokking": lambda: pairs.grokking_pair(GROKKING, STEPS, DOUBLE),
    "grokking, squared error": lambda: pairs.grokking_pair(SQUARED, STEPS, DOUBLE),
    "induction": lambda: pairs.induction_pair(INDUCTION, 10, STEPS, DOUBLE),
    "induction, one layer": lambda: pairs.induction_pair(
        replace(INDUCTION, layers=1), 10, STEPS, DOUBLE
    ),
    "induction, first head given": lambda: pairs.induction_pair(
        replace(INDUCTION, given=True), 10, STEPS, DOUBLE
    ),
    "quanta": lambda: pairs.quanta_pair(QUANTA, 24, STEPS, DOUBLE),
}


@pytest.fixture(params=PAIRS)
def pair(request: pytest.FixtureRequest) -> pairs.Pair:
    return PAIRS[request.param]()


def test_loss_and_gradient_are_autograds(pair: pairs.Pair) -> None:
    # Away from the first weights, where biases are zero and attention is nearly even.
    pair.net.weights += np.random.default_rng(2).normal(0, 0.3, pair.net.weights.size)
    torch_twins.load(pair.twin, torch.tensor(pair.net.weights))
    for batch, twin_batch in zip(pair.batches[:3], pair.twin_batches[:3], strict=True):
        loss = pair.twin.loss(*twin_batch)
        assert pair.loss(*batch) == pytest.approx(loss.item(), rel=1e-12)
        expected = torch_twins.flat(
            torch.autograd.grad(
                loss, torch_twins.weights(pair.twin), allow_unused=True, materialize_grads=True
            )
        ).numpy()
        largest = np.abs(expected).max()
        assert largest > 0.01
        gradient = pair.net.gradient(*batch)
        np.testing.assert_allclose(gradient, expected, rtol=1e-9, atol=1e-12 * largest)


def test_training_takes_the_same_path(pair: pairs.Pair) -> None:
    start = pair.net.weights.copy()
    batch, twin_batch = pair.batches[0], pair.twin_batches[0]
    for _ in zip(pair.steps(), pair.twin_steps(), strict=True):
        assert pair.loss(*batch) == pytest.approx(pair.twin.loss(*twin_batch).item(), rel=1e-9)
    expected = torch_twins.flat(torch_twins.weights(pair.twin)).numpy()
    np.testing.assert_allclose(pair.net.weights, expected, rtol=1e-7, atol=1e-9)
    # Far enough that another optimiser or rate would have shown.
    assert np.abs(expected - start).max() > 0.01


def test_weight_decay_is_part_of_a_checked_path() -> None:
    assert PAIRS["grokking"]().decay > 0


def test_rates_follow_pytorchs_schedules() -> None:
    steps, warm_up, peak = 30, 6, 0.01
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=peak)
    schedulers = torch.optim.lr_scheduler
    schedule = schedulers.SequentialLR(
        optimiser,
        [
            schedulers.LinearLR(optimiser, 1 / warm_up, total_iters=warm_up - 1),
            schedulers.CosineAnnealingLR(optimiser, steps - warm_up, eta_min=0.01 * peak),
        ],
        milestones=[warm_up],
    )
    for step in range(steps):
        assert optim.cosine_rate(step, steps, peak, warm_up) == pytest.approx(
            schedule.get_last_lr()[0], rel=1e-9
        )
        optimiser.step()
        schedule.step()


def test_every_network_is_timed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(networks, "STEPS", 2)
    networks.main(1)
    rows = capsys.readouterr().out.splitlines()[2:-2]
    assert [row.split("|")[1].strip() for row in rows] == list(networks.networks())
    assert all(float(cell) > 0 for row in rows for cell in row.split("|")[2:5])
