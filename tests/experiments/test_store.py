"""Results survive being kept, and bad files are named."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest

from emergence_lib.experiments import addition, store

TINY = addition.Config(widths=(4, 6), lengths=(1, 2), steps=3, items=20)


@pytest.fixture(scope="module")
def result() -> addition.Result:
    return addition.run(TINY, seed=3)


def test_round_trip_keeps_everything(result: addition.Result, tmp_path: Path) -> None:
    path = tmp_path / "tiny.npz"
    result.save(path)
    back = addition.Result.load(path)
    assert back.config == TINY
    assert (back.seed, back.seconds, back.version) == (3, result.seconds, result.version)
    for name in addition.Result.measures():
        assert np.array_equal(getattr(back, name), getattr(result, name)), name
    assert [each.name for each in tmp_path.iterdir()] == ["tiny.npz"]


def test_an_interrupted_save_leaves_the_old_file(
    result: addition.Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "tiny.npz"
    result.save(path)
    before = path.read_bytes()

    def interrupted(*_args: Any, **_arrays: Any) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez_compressed", interrupted)
    with pytest.raises(KeyboardInterrupt):
        result.save(path)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["tiny.npz"]


def test_difference_is_the_largest_over_all_arrays(result: addition.Result, tmp_path: Path) -> None:
    path = tmp_path / "tiny.npz"
    result.save(path)
    other = addition.Result.load(path)
    assert result.difference(other) == 0
    other.brier[1, 0] += 0.25
    other.exact_match[0, 0] -= 0.125
    assert result.difference(other) == pytest.approx(0.25)


def test_tables_of_examinations_become_arrays() -> None:
    table = [[{"a": 10 * row + column, "b": [row, column, 1]} for column in range(3)]
             for row in range(2)]  # fmt: skip
    arrays = store.gather(table)
    assert arrays["a"].tolist() == [[0, 1, 2], [10, 11, 12]]
    assert arrays["b"].shape == (2, 3, 3)
    assert store.gather(table, np.float32)["b"].dtype == np.float32


def test_difference_refuses_other_seeds(result: addition.Result) -> None:
    with pytest.raises(ValueError, match=r"other: found .*seed 4; want .*seed 3"):
        result.difference(addition.run(TINY, seed=4))


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"none\.npz is not a stored .*addition result"):
        addition.Result.load(tmp_path / "none.npz")


@pytest.mark.parametrize(
    "damage", [lambda _: b"", lambda _: b"a,b\n1,2\n", lambda whole: whole[: len(whole) // 2]]
)
def test_damaged_file_is_named(
    result: addition.Result, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "bad.npz"
    result.save(path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ValueError, match=r"bad\.npz is not a stored"):
        addition.Result.load(path)


def test_file_of_another_experiment_is_named(tmp_path: Path) -> None:
    path = tmp_path / "other.npz"
    about = {"config": {"sides": 6}, "seed": 0, "seconds": 1.0, "version": "0"}
    np.savez(path, about=np.array(json.dumps(about)), faces=np.arange(6))
    with pytest.raises(ValueError, match=r"other\.npz is not a stored"):
        addition.Result.load(path)


STORED = [(name, variant) for name in store.EXPERIMENTS for variant in store.variants(name)]


@pytest.mark.parametrize(("name", "variant"), STORED)
def test_stored_results_are_the_books(name: str, variant: str) -> None:
    results = store.stored(name, variant)
    assert [each.seed for each in results] == list(store.SEEDS)
    for each in results:
        assert each.config == store.variants(name)[variant]
        assert 0 < each.seconds < 300
        for measure in each.measures():
            assert np.all(np.isfinite(getattr(each, measure))), measure


def test_stored_files_are_small_and_known() -> None:
    known = {store.path(name, seed, variant) for name, variant in STORED for seed in store.SEEDS}
    found = set(store.FOLDER.glob("*"))
    assert found == known
    assert sum(path.stat().st_size for path in found) < 2_000_000


def test_unknown_variants_are_named() -> None:
    with pytest.raises(ValueError, match="variant: found 'purple', want one of ''"):
        store.stored("addition", "purple")


def test_unknown_experiment_is_named() -> None:
    with pytest.raises(ValueError, match="name: found 'alchemy', want one of addition"):
        store.stored("alchemy")


def test_stored_results_are_read_once_and_cannot_be_changed() -> None:
    first = store.stored("percolation")
    assert first is store.stored("percolation")
    with pytest.raises(ValueError, match="read-only"):
        getattr(first[0], first[0].measures()[0])[...] = 0
