"""Lattices in the browser against scipy's clusters, Python's thresholds; what is shown and said."""

from __future__ import annotations

import re

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage, stats

from emergence_lib.experiments import percolation
from tests.twins.stage import Pieces, Shown

Floats = NDArray[np.float64]
Sites = NDArray[np.bool_]
EVERY = 20  # boards thrown for one that is shown
SHARES = (0.0, 0.05, 0.3, 0.5, 0.55, 0.58, 0.59, 0.6, 0.62, 0.7, 0.9, 1.0)
CLUSTERS = """({size, fields, shares}) => fields.map((field) => shares.map((share) => {
  const { first, largest, count, spans } = emTwins.percolation.clusters(field, size, share);
  const members = [...first.keys()].filter((site) => first[site] === largest);
  return { members, count, spans };
}))"""
THRESHOLDS = """({size, fields}) =>
  fields.map((field) => emTwins.percolation.threshold(field, size))"""


def largest_cluster(sites: Sites) -> Sites:
    """Return which sites are of the largest cluster; of two alike, the one met first in reading."""
    labels, count = ndimage.label(sites)
    if not count:
        return np.zeros_like(sites)
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    sizes[0] = 0
    # The first site, row by row, of any cluster of that size.
    first = np.argmax((sizes == sizes.max())[labels])
    return labels == labels.ravel()[first]


@pytest.mark.parametrize(
    ("size", "lattices"), [(1, 4), (2, 30), (3, 30), (8, 30), (17, 20), (64, 8)]
)
def test_clusters_are_those_of_scipy(pieces: Pieces, size: int, lattices: int) -> None:
    fields = np.random.default_rng(size).random((lattices, size, size))
    found = pieces.evaluate(
        CLUSTERS,
        {
            "size": size,
            "fields": fields.reshape(lattices, -1).tolist(),
            "shares": list(SHARES),
        },
    )
    spanning = []
    for field, row in zip(fields, found, strict=True):
        for share, each in zip(SHARES, row, strict=True):
            members = largest_cluster(field < share)
            assert each["members"] == np.flatnonzero(members).tolist()
            assert each["count"] == members.sum()
            assert each["spans"] is percolation.spans(field < share)
            spanning.append(each["spans"])
    assert 0 < sum(spanning) < len(spanning)


@pytest.mark.parametrize(("size", "lattices"), [(1, 5), (2, 50), (5, 50), (16, 50), (64, 10)])
def test_thresholds_are_those_of_python(pieces: Pieces, size: int, lattices: int) -> None:
    fields = np.random.default_rng([1, size]).random((lattices, size, size))
    found = pieces.evaluate(
        THRESHOLDS, {"size": size, "fields": fields.reshape(lattices, -1).tolist()}
    )
    for field, value in zip(fields, found, strict=True):
        assert abs(value - percolation.threshold(field)) < 2**-14
        # It is the number of a site: with it there is a path, without it none.
        assert value in field
        assert percolation.spans(field <= value)
        assert not percolation.spans(field < value)


def test_thresholds_do_not_mind_crowded_numbers(pieces: Pieces) -> None:
    rng = np.random.default_rng(4)
    fields = 0.5 + 1e-6 * rng.random((20, 12, 12))
    fields[0, 0, 0], fields[0, -1, -1] = 0.0, 1 - 2**-53
    found = pieces.evaluate(THRESHOLDS, {"size": 12, "fields": fields.reshape(20, -1).tolist()})
    for field, value in zip(fields, found, strict=True):
        assert percolation.spans(field <= value)
        assert not percolation.spans(field < value)


def sites_of(shown: Shown, mark: str, size: int) -> Sites:
    """Read off the drawn boxes which sites are coloured: once, in boxes as long as can be."""
    sites = np.zeros((size, size), bool)
    for left, low, right, high in size * shown.marks[mark].reshape(-1, 4):
        corners = np.array([left, low, right, high])
        assert corners == pytest.approx(np.round(corners), abs=1e-9)
        assert high - low == pytest.approx(1)
        row, columns = size - round(high), slice(round(left), round(right))
        assert right > left
        assert not sites[row, columns].any()
        sites[row, columns] = True
    runs = (np.diff(np.pad(sites, ((0, 0), (1, 0))).astype(int), axis=1) == 1).sum()
    assert len(shown.marks[mark]) == 4 * runs
    return sites


def assert_board(shown: Shown, field: Floats, share: float) -> None:
    """Compare the drawn board, and the words about it, with what scipy finds."""
    size = len(field)
    largest = largest_cluster(field < share)
    assert np.array_equal(sites_of(shown, "largest", size), largest)
    assert np.array_equal(sites_of(shown, "open", size), (field < share) & ~largest)
    held = 100 * largest.mean()
    percent = f"{held:.1f}" if 0 < held < 1 else f"{np.floor(held + 0.5):.0f}"
    path = "a" if percolation.spans(field < share) else "no"
    assert (
        f": the largest cluster holds {percent}% of all sites; {path} path crosses." in shown.said
    )
    assert f" {size} × {size} board, {100 * share:g}% open: " in shown.said


def thresholds_of(shown: Shown) -> Floats:
    """Read the thresholds off the staircase, which rises by one board at each."""
    xs, ys = shown.marks["crossed"]
    boards = len(xs) // 2 - 1
    assert (xs[0], ys[0], xs[-1], ys[-1]) == (0, 0, 1, 1)
    assert np.array_equal(xs[1:-1:2], xs[2:-1:2])
    assert np.all(np.diff(xs) >= 0)
    stairs = np.arange(boards + 1) / boards
    assert ys == pytest.approx(np.repeat(stairs, 2)[: len(ys)])
    return xs[1:-1:2]


@pytest.mark.parametrize("size", [5, 12, 40])
def test_a_board_is_drawn_where_its_sites_are(pieces: Pieces, size: int) -> None:
    field = np.random.default_rng([2, size]).random((size, size))
    shares = [0.55, 0.3, 0.62, 0.0, 1.0, 0.595, 0.01]
    shown = pieces.drive(
        "percolation",
        *[{"share": share} for share in shares],
        settings={"share": 0.4, "size": size},
        data={"first": 1, "boards": 3},
        numbers=field.ravel(),
    )
    for each, share in zip(shown, [0.4, *shares], strict=True):
        assert_board(each, field, share)
        assert each.answer is not False
        # The same board: no more chance, and the same staircase.
        assert each.used == size**2
        assert thresholds_of(each) == pytest.approx([percolation.threshold(field)], abs=2**-14)


def test_the_words_tell_of_a_crossing_where_the_staircase_rises(pieces: Pieces) -> None:
    field = np.random.default_rng(3).random((10, 10))
    value = float(percolation.threshold(field))
    start, below, above = pieces.drive(
        "percolation",
        *({"share": round(value - 0.01, 3)}, {"share": round(value + 0.01, 3)}),
        settings={"share": 0.5, "size": 10},
        data={"first": 1, "boards": 3},
        numbers=field.ravel(),
        run=4,
    )
    assert start.said.startswith("Run 4, 10 × 10 board, 50% open: the largest cluster holds ")
    assert below.said.endswith("; no path crosses. 0 of 1 board cross at this share.")
    assert above.said.endswith("; a path crosses. 1 of 1 board crosses at this share.")


def test_more_boards_make_the_staircase(pieces: Pieces) -> None:
    size, boards = 6, 45
    fields = np.random.default_rng(5).random((boards, size, size))
    values = np.array([percolation.threshold(field) for field in fields])
    shown = pieces.drive(
        "percolation",
        *[1] * (boards - 1),
        settings={"share": 0.6, "size": size},
        data={"first": 1, "boards": boards},
        numbers=fields.ravel(),
    )
    for count, each in enumerate(shown, start=1):
        assert each.used == count * size**2
        assert thresholds_of(each) == pytest.approx(np.sort(values[:count]), abs=2**-14)
        crossing = int((values[:count] < 0.6).sum())
        verb = "crosses" if crossing == 1 else "cross"
        noun = "board" if count == 1 else "boards"
        assert each.said.endswith(f" {crossing} of {count} {noun} {verb} at this share.")
        if count > 1:
            assert each.answer is (count < boards)
        # Twenty boards are thrown for one that is shown, so that nothing flickers.
        assert_board(each, fields[(count - 1) // EVERY * EVERY], 0.6)
        assert sorted(each.drawn) == (
            ["crossed", "largest", "open"] if (count - 1) % EVERY == 0 else ["crossed"]
        )


def test_boards_are_as_many_as_asked_for(pieces: Pieces) -> None:
    start, end, after = pieces.drive(
        "percolation",
        "end",
        3,
        settings={"share": 0.6, "size": 4},
        data={"first": 1, "boards": 1100},
    )
    assert len(thresholds_of(start)) == 1
    assert len(thresholds_of(end)) == 1100
    assert re.search(r" \d+ of 1,100 boards cross ", end.said)
    assert after.answer is False
    assert after.used == end.used == 1100 * 16
    # Every board has numbers of its own.
    assert len(set(thresholds_of(end))) > 1000


def test_series_begins_with_as_many_boards_as_asked_for(pieces: Pieces) -> None:
    size, first = 6, 25
    fields = np.random.default_rng(6).random((first, size, size))
    shown = pieces.drive(
        "percolation",
        numbers=fields.ravel(),
        settings={"share": 0.6, "size": size},
        data={"first": first, "boards": 30},
    )
    values = np.sort([percolation.threshold(field) for field in fields])
    assert thresholds_of(shown[0]) == pytest.approx(values, abs=2**-14)


def test_each_size_has_its_boards_until_the_next_run(pieces: Pieces) -> None:
    small, large, again, back, last = pieces.drive(
        "percolation",
        *({"size": 9}, {"size": 5}, 25, {"size": 9}),
        settings={"share": 0.6, "size": 5},
        data={"first": 1, "boards": 50},
        numbers=(luck := np.random.default_rng(6).random(26 * 25 + 81)),
    )
    assert_board(small, luck[:25].reshape(5, 5), 0.6)
    assert_board(large, luck[25:106].reshape(9, 9), 0.6)
    assert " of 1 board " in large.said
    assert large.answer is again.answer is last.answer is True
    assert_board(again, luck[:25].reshape(5, 5), 0.6)
    assert np.array_equal(thresholds_of(again), thresholds_of(small))
    assert again.used == large.used == 106
    # Of the small boards there are now 26, the 21st is shown; of the large still one.
    assert len(thresholds_of(back)) == 26
    assert_board(back, luck[106 + 19 * 25 : 106 + 20 * 25].reshape(5, 5), 0.6)
    assert np.array_equal(thresholds_of(last), thresholds_of(large))
    assert_board(last, luck[25:106].reshape(9, 9), 0.6)


def test_a_size_can_go_on_where_another_has_ended(pieces: Pieces) -> None:
    shown = pieces.drive(
        "percolation",
        *("end", {"size": 9}, 1, "end"),
        settings={"share": 0.6, "size": 5},
        data={"first": 1, "boards": 10},
    )
    assert [len(thresholds_of(each)) for each in shown] == [1, 10, 1, 2, 10]
    assert shown[3].answer is True


def test_it_reads_and_draws_what_it_declares(pieces: Pieces) -> None:
    declared = pieces.declared("percolation")
    assert declared == {
        "controls": ["share", "size"],
        "marks": ["open", "largest", "crossed"],
        "data": ["boards", "first"],
    }
    shown = pieces.drive(
        "percolation", 2, settings={"share": 0.6, "size": 5}, data={"first": 1, "boards": 3}
    )[1]
    assert shown.read == {"settings.share", "settings.size", "data.boards", "data.first"}
    # A page that does not offer sizes sets one in data.
    one, other = (
        pieces.drive("percolation", 2, settings=offered, data={"first": 1, "boards": 9, **fixed})[1]
        for offered, fixed in (({"share": 0.6, "size": 7}, {}), ({"share": 0.6}, {"size": 7}))
    )
    assert one.said == other.said
    assert sorted(one.marks) == ["crossed", "largest", "open"]


def test_thresholds_lie_and_spread_as_in_python(pieces: Pieces) -> None:
    size, boards = 12, 800
    ours = thresholds_of(
        pieces.drive(
            "percolation",
            "end",
            settings={"share": 0.6, "size": size},
            data={"first": 1, "boards": boards},
        )[1]
    )
    rng = np.random.default_rng(7)
    theirs = np.array([percolation.threshold(rng.random((size, size))) for _ in range(boards)])
    assert len(ours) == boards
    for measure in (np.median, stats.iqr):
        errors = [
            np.std([measure(rng.choice(each, boards)) for _ in range(300)])
            for each in (ours, theirs)
        ]
        assert abs(measure(ours) - measure(theirs)) < 4 * np.hypot(*errors)
    assert stats.ks_2samp(ours, theirs).pvalue > 1e-4


def test_a_large_board_answers_the_slider_within_a_frame(pieces: Pieces) -> None:
    seconds = pieces.evaluate(
        """() => {
          const settings = { share: 0.5, size: 128 };
          const luck = chance(null, 1);
          const stage = { settings, data: { boards: 9, first: 1 }, run: 1, random: luck.random };
          const run = emTwins.percolation.setup({ ...stage, line() {}, boxes() {} });
          return Array.from({ length: 40 }, (_, at) => {
            const start = performance.now();
            settings.share = 0.5 + at / 200;
            run.change("share");
            run.draw();
            return (performance.now() - start) / 1000;
          });
        }"""
    )
    assert np.median(seconds) < 0.016
