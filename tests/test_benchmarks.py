"""The table of timings."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

FOLDER = Path(__file__).parents[1] / "benchmarks"


def loaded(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"benchmark_of_{name}", FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def benchmark() -> ModuleType:
    return loaded("experiments")


@pytest.fixture
def networks(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the comparison with PyTorch, by a clock that only the made-up networks move."""
    module = loaded("networks")
    monkeypatch.setattr(module, "process_time", lambda: Pair.clock)
    return module


class Pair:
    """Two trainings that take the time they are told to, round after round."""

    clock = 0.0

    def __init__(self, ours: list[float], theirs: list[float]):
        self.ours, self.theirs = iter(ours), iter(theirs)

    def steps(self) -> Iterator[None]:
        Pair.clock += next(self.ours)
        yield

    def twin_steps(self) -> Iterator[None]:
        Pair.clock += next(self.theirs)
        yield


def test_the_fastest_experiment_is_run_and_timed(
    benchmark: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    benchmark.main(["prisoners_dilemma"])
    head, rule, row, _, machine = capsys.readouterr().out.splitlines()
    assert head == "| experiment | CPU seconds |"
    assert rule == "|---|--:|"
    name, seconds = (cell.strip() for cell in row.strip("|").split("|"))
    assert name == "prisoners_dilemma"
    assert 0 < float(seconds) < 60
    assert machine.startswith("BLAS threads: ")


def test_all_that_exist_are_timed_unless_told(
    benchmark: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(benchmark, "seconds", len)
    benchmark.main([])
    rows = capsys.readouterr().out.splitlines()[2:-2]
    assert "| percolation | 11.0 |" in rows
    assert len(rows) == len(benchmark.existing())


def test_unknown_experiment_is_named(benchmark: ModuleType) -> None:
    with pytest.raises(SystemExit, match="no experiment 'alchemy'; there is: addition"):
        benchmark.main(["alchemy"])


def test_networks_are_compared_round_by_round(networks: ModuleType) -> None:
    # The first round warms up. The second is twice as slow for both: the ratio does not mind.
    pair = Pair([9, 1, 2, 4], [1, 2, 4, 2])
    assert networks.compare([pair], 3) == (2, 2, 0.5)


def test_all_widths_of_a_ladder_count(networks: ModuleType) -> None:
    pairs = [Pair([1, 1], [3, 3]), Pair([2, 2], [3, 3])]
    assert networks.compare(pairs, 1) == (3, 6, 0.5)


def test_times_are_those_of_one_step_in_milliseconds(networks: ModuleType) -> None:
    table = networks.table([("grokking", (0.02 * networks.STEPS, 0.04 * networks.STEPS, 0.5))])
    assert table.splitlines()[-1] == "| grokking | 20.00 | 40.00 | 0.50 |"


def test_fits_are_timed_against_scipy(capsys: pytest.CaptureFixture[str]) -> None:
    loaded("fits").main(10, 1)
    head, rule, mine, *rivals, _, machine = capsys.readouterr().out.splitlines()
    assert (head, rule) == ("| fits | CPU ms | times ours |", "|---|--:|--:|")
    assert mine.startswith("| ours |")
    assert mine.endswith("| 1 |")
    assert [row.split("|")[1].strip() for row in rivals] == [
        "`curve_fit`",
        "`minimize`, BFGS",
        "`minimize`, L-BFGS-B",
    ]
    assert machine.startswith("10 curves, medians of 1 rounds.")


@pytest.mark.parametrize("rival", ["curve_fit", "BFGS", "L-BFGS-B"])
def test_the_rivals_fit_the_same_curves(rival: str) -> None:
    fits = loaded("fits")
    batch = fits.ladder(12)
    best = fits.ours(batch)
    theirs = fits.curve_fit(batch) if rival == "curve_fit" else fits.minimize(batch, rival)
    if rival == "curve_fit":
        # Least squares are another estimate of the same curve: a standard error is 0.02.
        assert theirs == pytest.approx(best, abs=0.03)
        return
    ours, other = (batch.deviance(p, 1 - p) for p in (best, theirs))
    assert np.all(ours <= other + 1e-3)
    assert np.median(other - ours) < 1e-3


def test_audits_are_timed_and_weighed(capsys: pytest.CaptureFixture[str]) -> None:
    loaded("audits").main(2, 3)
    head, rule, *rows = capsys.readouterr().out.splitlines()
    assert head.startswith("| curves | chance level | processes | seconds | CPU ms a curve |")
    assert rule == "|--:|---|--:|--:|--:|--:|"
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    ways = [["said", "1"], ["not said", "1"], ["said", "2"]]
    assert [row[:3] for row in cells] == [[number, *way] for number in "23" for way in ways]
    assert all(float(cell) > 0 for row in cells for cell in row[4:])


def test_the_audited_curves_are_those_that_are_described() -> None:
    audits = loaded("audits")
    curves = list(audits.made(3, 0.0, seed=1))
    assert [curve.name for curve in curves] == ["0", "1", "2"]
    for curve, again in zip(curves, audits.made(3, None, seed=1), strict=True):
        assert (curve.chance, again.chance) == (0, None)
        assert np.array_equal(curve.score, again.score)
        assert curve.score * 200 == pytest.approx(np.round(curve.score * 200))
