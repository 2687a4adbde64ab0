"""Results survive being kept, and bad files are named."""

import json
import os
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn
from zipfile import ZipFile

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


def test_a_save_touches_no_other_file(result: addition.Result, tmp_path: Path) -> None:
    path, neighbour = tmp_path / "tiny.npz", tmp_path / "tiny.unfinished"
    neighbour.write_text("somebody's own")
    result.save(path)
    assert neighbour.read_text() == "somebody's own"
    assert sorted(tmp_path.iterdir()) == [path, neighbour]


@pytest.mark.skipif(os.name != "posix", reason="needs links and modes")
def test_what_is_replaced_keeps_its_link_and_its_mode(tmp_path: Path) -> None:
    file, link = tmp_path / "file", tmp_path / "elsewhere" / "link"
    file.write_text("older")
    file.chmod(0o600)
    link.parent.mkdir()
    link.symlink_to(file)
    with store.replacing(link) as stream:
        stream.write(b"newer")
        assert file.read_text() == "older"
    assert link.is_symlink()
    assert file.read_text() == "newer"
    assert file.stat().st_mode & 0o777 == 0o600
    assert sorted(tmp_path.rglob("*")) == [link.parent, link, file]


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


REFUSED = r"bad\.npz is not a stored .*Remedy: run it again"


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda _: b"a,b\n1,2\n",
        lambda whole: whole[: len(whole) // 2],
        lambda whole: whole[:-1],
        lambda whole: whole[:40] + whole[41:],
        lambda whole: whole.replace(b"about.npy", b"../ut.npy"),
        lambda _: pickle.dumps({"about": 1}),
    ],
)
def test_damaged_file_is_named(
    result: addition.Result, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "bad.npz"
    result.save(path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ValueError, match=REFUSED):
        addition.Result.load(path)


def test_a_flipped_bit_is_refused_or_changes_nothing(
    result: addition.Result, tmp_path: Path
) -> None:
    path = tmp_path / "bad.npz"
    result.save(path)
    whole = path.read_bytes()
    refusals = []
    for bit in range(0, 8 * len(whole), 61):
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 1 << bit % 8
        path.write_bytes(damaged)
        try:
            back = addition.Result.load(path)
        except ValueError as error:
            refusals.append(str(error))
        else:
            assert back.difference(result) == 0, bit
    assert len(refusals) > 100
    assert all(re.search(REFUSED, each) for each in refusals)


def header(shape: str) -> bytes:
    """Return a NumPy file without numbers whose header promises some."""
    text = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}}}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


@pytest.mark.parametrize("shape", ["(10**12,)", f"({10**12},)", f"({10**30},)", "(-1,)", "(" * 99])
def test_a_header_that_promises_too_much_is_refused(
    result: addition.Result, tmp_path: Path, shape: str
) -> None:
    path = tmp_path / "bad.npz"
    result.save(path)
    with ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with ZipFile(path, "w") as new:
        for name, content in (parts | {"brier.npy": header(shape)}).items():
            new.writestr(name, content)
    with pytest.raises(ValueError, match=REFUSED):
        addition.Result.load(path)


@pytest.mark.parametrize(
    "about",
    [
        "null",
        "[]",
        "{",
        "[" * 100_000,
        '{"config": null}',
        '{"config": {"widths": null}}',
        b"\xff",
        1,
    ],
)
def test_settings_that_are_none_are_refused(
    result: addition.Result, tmp_path: Path, about: object
) -> None:
    path = tmp_path / "bad.npz"
    arrays = {name: getattr(result, name) for name in addition.Result.measures()}
    np.savez(path, about=np.array(about), **arrays)
    with pytest.raises(ValueError, match=REFUSED):
        addition.Result.load(path)


def test_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.npz").mkdir()
    with pytest.raises(ValueError, match=REFUSED):
        addition.Result.load(tmp_path / "bad.npz")


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
