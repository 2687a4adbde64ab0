"""The chapter against random headings, searches by hand, sums one by one and typed-in numbers."""

from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch

from emergence_lib import theme
from emergence_lib.chapters.more_is_different import numbers, pictures
from emergence_lib.experiments import flocking, percolation, store
from emergence_lib.laws import Array

UP, LEFT = 1j, -1 + 0j


def test_half_of_all_boards_are_crossed_near_the_known_value_and_widths_fall() -> None:
    table = numbers.boards()
    assert table["half"][256] == pytest.approx(0.592746, abs=0.002)
    assert table.index.tolist() == [8, 16, 32, 64, 128, 256]
    for measure in ("width", "relative", "blind"):
        assert np.all(np.diff(table[measure]) < 0), measure
    # In two dimensions widths shrink as size ** (-3 / 4): a factor of 32 in size makes 13.5.
    assert table["width"][8] / table["width"][256] == pytest.approx(32**0.75, rel=0.15)


def test_who_knows_only_the_share_is_wrong_as_often_as_a_bet_on_the_likelier_side() -> None:
    rng = np.random.default_rng(4)
    table = percolation.crossed(store.stored("percolation"))
    for size in (8, 64):
        chance = table[size].to_numpy()
        assert len(chance) == 41
        outcomes = rng.random((4000, 41)) < chance
        bets = chance > 0.5
        assert numbers.boards()["blind"][size] == pytest.approx(np.mean(outcomes != bets), abs=0.01)


def test_a_flight_is_a_flight_of_the_experiment_and_ends_inside_the_sky() -> None:
    noise = 1.0
    flight = numbers.flight(30, noise, seed=3)
    config = flocking.Config(birds=(30,), noises=(noise,))
    flown = flocking.fly(30, config, np.random.default_rng([3, 30]))[:, 0]
    np.testing.assert_array_equal(flight.order, flown)
    assert flight.places.shape == (30, 2)
    assert np.all((flight.places >= 0) & (flight.places < 1))
    assert np.abs(flight.headings) == pytest.approx(np.ones(30))
    east, north = flight.headings.real.mean(), flight.headings.imag.mean()
    assert flight.order[-1] == pytest.approx(np.hypot(east, north))


def test_stored_orders_fall_with_noise_to_that_of_random_headings() -> None:
    rng = np.random.default_rng(0)
    for birds in (30, 100, 300):
        means = [numbers.order(birds, twelfths).mean() for twelfths in range(2, 11)]
        assert np.all(np.diff(means) < 0)
        angles = 2 * np.pi * rng.random((5000, birds))
        random = np.hypot(np.cos(angles).mean(axis=1), np.sin(angles).mean(axis=1)).mean()
        assert numbers.order(birds, 12) == pytest.approx(np.full(3, random), rel=0.12)


def test_a_game_counts_what_was_understood_of_the_latest_talks() -> None:
    game = numbers.game(50, seed=1)
    assert game.talks[0] == pytest.approx(1 / 50)
    assert game.words[0] == pytest.approx(1 / 50)
    assert game.words[-1] == pytest.approx(1 / 50)
    assert game.words.max() < 1
    # The first talk cannot be understood, and steps of a mean over 50 talks are whole fiftieths.
    assert game.understood[0] == 0
    late = 50 * game.understood[50:]
    np.testing.assert_allclose(late, np.round(late), atol=1e-9)
    assert np.abs(np.diff(late)).max() <= 1 + 1e-9


def test_a_larger_population_agrees_later_and_in_a_smaller_part_of_its_time() -> None:
    table = numbers.agreement()
    assert np.all(np.diff(table["talks"]) > 0)
    assert np.all(np.diff(table["rise"]) < 0)
    assert table["took"].max() / table["took"].min() < 1.5
    middles = [numbers.middle(agents) for agents in (50, 200, 800)]
    for agents, middle in zip((50, 200, 800), middles, strict=True):
        curve = numbers.story().query(f"agents == {agents}").groupby("part")["understood"].mean()
        assert curve[curve.index < middle - 0.02].max() < 0.5
        assert curve[curve.index > middle + 0.02].iloc[0] >= 0.45


def test_the_power_of_the_talks_is_the_slope_between_the_ends() -> None:
    talks = numbers.agreement()["talks"] * numbers.agreement().index
    slope = np.log(talks[800] / talks[50]) / np.log(16)
    assert numbers.talk_power() == pytest.approx(slope, abs=1e-9)  # three equally spaced sizes


def test_the_giant_component_solves_its_equation_and_is_what_graphs_show() -> None:
    share = numbers.giant(2)
    assert share == pytest.approx(1 - np.exp(-2 * share))
    assert share > 0.5
    assert numbers.giant(1) == 0
    assert numbers.drawn_giant(100_000, 2.0) == pytest.approx(share, abs=0.003)


def test_clocks_past_the_threshold_follow_the_formula() -> None:
    assert numbers.clocks(2.0) == pytest.approx(np.sqrt(1 / 2), abs=0.01)


def marked(figures: list[Figure], mark: str) -> Line2D | PathPatch:
    """Return the artist that a twin's script moves under a name."""
    (found,) = [
        artist
        for figure in figures
        for artist in (*figure.axes[0].lines, *figure.axes[0].patches)
        if artist.get_gid() == theme.MOVED + mark
    ]
    assert isinstance(found, Line2D | PathPatch)
    return found


def line(figures: list[Figure], mark: str) -> tuple[Array, Array]:
    """Return x and y of a line that a script moves."""
    artist = marked(figures, mark)
    assert isinstance(artist, Line2D)
    return np.asarray(artist.get_xdata(), float), np.asarray(artist.get_ydata(), float)


def test_a_bird_is_two_wings_that_meet_where_it_is_and_open_backwards() -> None:
    x, y = pictures.wings(np.array([[0.5, 0.5], [0.2, 0.1]]), np.array([UP, LEFT]))
    assert np.isnan(x[[3, 7]]).all()
    assert (x[1], y[1]) == (0.5, 0.5)
    assert y[0] == y[2] == pytest.approx(0.5 - pictures.LENGTH)
    assert sorted(x[[0, 2]]) == pytest.approx([0.5 - pictures.SPREAD, 0.5 + pictures.SPREAD])
    assert x[4] == x[6] == pytest.approx(0.2 + pictures.LENGTH)


def test_the_flock_scene_draws_and_says_the_flight_that_was_asked_for() -> None:
    figures, update = pictures.flock()
    said = update(noise=flocking.BOOK.noises[3], birds=30)
    flight = numbers.flight(30, flocking.BOOK.noises[3])
    x, y = line(figures, "birds")
    np.testing.assert_allclose(np.column_stack([x, y])[1::4], flight.places)
    steps, order = line(figures, "order")
    assert (steps[0], steps[-1]) == (1, 400)
    np.testing.assert_array_equal(order, flight.order)
    assert said.startswith("30 birds, noise 90°, step 400: order ")
    assert f"{flight.order[-1]:.2f}" in said
    assert "about 0.16)" in said


@pytest.mark.parametrize(("share", "size"), [(0.5, 32), (0.7, 8)])
def test_the_crossing_scene_draws_and_says_the_board_that_was_asked_for(
    share: float, size: int
) -> None:
    figures, update = pictures.crossing()
    said = update(share=share, size=size)
    board = percolation.board(size, share)
    for mark, sites in (("open", board.open & ~board.largest), ("largest", board.largest)):
        artist = marked(figures, mark)
        assert isinstance(artist, PathPatch)
        drawn = artist.get_path()
        rows, columns = np.nonzero(np.ones_like(sites))
        points = np.column_stack([(columns + 0.5) / size, 1 - (rows + 0.5) / size])
        np.testing.assert_array_equal(drawn.contains_points(points), sites.ravel())
    x, y = line(figures, "crossed")
    assert np.interp(0.59, x, y) == pytest.approx(
        np.mean(percolation.thresholds(size, 200) < 0.59), abs=0.01
    )
    assert said.startswith(f"{size} × {size} board, {share:.0%} open")
    assert ("a path crosses" in said) == board.crossed


def test_the_agreement_scene_ends_when_all_share_one_word() -> None:
    figures, update = pictures.agreement()
    said = update(agents=50)
    game = numbers.game(50)
    x, words = line(figures, "words")
    assert x[-1] == pytest.approx(game.talks[-1])
    assert words[-1] == pytest.approx(1 / 50)
    assert line(figures, "understood")[1][-1] == game.understood[-1]
    assert f"After {round(50 * game.talks[-1]):,} talks" in said
    longest = max(numbers.game(agents).talks[-1] for agents in (50, 200, 800))
    assert longest < numbers.LIMIT


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: numbers.order(31, 2), "birds, twelfths: found 31 and 2"),
        (lambda: numbers.order(30, 13), "birds, twelfths: found 30 and 13"),
        (lambda: numbers.drawn_giant(100, 2.05), "nodes, degree: found 100 and 2.05"),
    ],
)
def test_bad_arguments_are_named(call: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()
