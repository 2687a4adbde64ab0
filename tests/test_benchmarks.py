"""The table of timings."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

FILE = Path(__file__).parents[1] / "benchmarks" / "experiments.py"


@pytest.fixture
def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("benchmark_of_experiments", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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
