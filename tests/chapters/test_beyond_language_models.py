"""The chapter against counts by hand, the exact optimum and crowds played afresh."""

import numpy as np
import pytest

from emergence_lib import theme
from emergence_lib.chapters.beyond_language_models import numbers, pictures
from emergence_lib.experiments import minority, prisoners_dilemma, reward_gaming, store


def test_larger_crowds_turn_more_sharply_and_nearer_to_the_endless_threshold() -> None:
    half = numbers.margins()["half"]
    apart = np.abs(half - minority.threshold())
    assert np.all(np.diff(apart) < 0)
    widths = [numbers.width(agents) for agents in minority.BOOK.agents]
    assert np.all(np.diff(widths) < 0)


def test_margins_are_read_off_the_table_by_straight_lines() -> None:
    table = numbers.tipping()
    for agents, row in numbers.margins().iterrows():
        curve = np.maximum.accumulate(table[agents])
        assert np.interp(row, table.index, curve) == pytest.approx([0.1, 0.5, 0.9])


def test_who_waits_less_needs_more_and_a_large_crowd_never_less_than_an_endless_one() -> None:
    table = numbers.patience()
    assert np.all(np.diff(table, axis=0) < 0)
    assert list(table.iloc[-1]) == list(numbers.margins()["half"])
    # A small crowd turns by luck below the threshold; a large one hardly does.
    assert table[200].iloc[-1] < minority.threshold() - 0.005
    assert table[1800].min() > minority.threshold() - 0.001


def test_crowds_played_afresh_turn_as_often_as_the_stored_ones() -> None:
    stubborn = np.full(60, minority.committed(200, 0.1))
    holding = minority.play(200, stubborn, 100, np.random.default_rng(11))
    again = (holding == 200).any(axis=0).mean()
    stored = numbers.tipping(100)[200][0.1]
    assert 0.2 < stored < 0.95
    # Two shares of sixty crowds: 3.5 standard errors of their difference.
    assert again == pytest.approx(stored, abs=3.5 * np.sqrt(2 * 0.25 / 60))


def test_courses_begin_with_the_committed_and_end_as_stored() -> None:
    courses = numbers.courses(0.12, 600)
    assert courses.shape == (len(store.SEEDS) * 4, len(numbers.times()))
    assert courses[:, 0] == pytest.approx(0.12)
    assert courses[:, -1] == pytest.approx(1)


def test_circling_is_paid_more_in_a_whole_episode_from_the_switch_on() -> None:
    config = reward_gaming.BOOK

    def paid(bonus: float, circles: bool) -> float:
        cell, total = np.array([0]), 0.0
        for _ in range(config.patience):
            right = cell < config.bonus_cell if circles else np.array([True])
            cell, pay = reward_gaming.move(cell, right, np.array([bonus]), config)
            total += float(pay[0])
            if cell[0] == config.cells - 1:
                break
        return total

    switch = numbers.paid_switch()
    assert paid(switch - 0.01, circles=True) < paid(switch - 0.01, circles=False)
    assert paid(switch + 0.01, circles=True) > paid(switch + 0.01, circles=False)


def test_leaders_of_cooperative_times_are_counted_over_all_strategies() -> None:
    levels = store.stored("prisoners_dilemma")[0].config.levels
    led = [numbers.led_by(*each) for each in prisoners_dilemma.strategies(levels)]
    assert sum(led) == pytest.approx(1)
    # After both cooperated the next move is to cooperate, in every strategy that leads often.
    often = prisoners_dilemma.strategies(levels)[np.array(led) > 0.1]
    assert np.all(often[:, 0] == 1)


def test_the_share_that_stands_at_the_threshold_needs_it() -> None:
    share = numbers.standing_at_threshold()
    assert minority.needed(share) == pytest.approx(minority.threshold())
    for near in (share - 0.02, share + 0.02):
        assert minority.needed(near) < minority.threshold()


@pytest.mark.parametrize(
    ("course", "found"),
    [
        ([0.5, 0.6, 0.4], []),
        ([0.5, 0.1, 0.5, 0.7, 0.8, 0.3, 0.2], [(False, 3), (True, 2), (False, 1)]),
        ([0.9, 0.26, 0.76], [(True, 3)]),
        # The limits themselves begin nothing.
        ([0.75, 0.25], []),
    ],
)
def test_eras_last_until_the_other_limit(
    course: list[float], found: list[tuple[bool, int]]
) -> None:
    assert numbers.eras(np.array(course)) == found


def test_every_population_is_followed_and_none_settles_alike() -> None:
    table = numbers.populations()
    assert table.shape == (300, 15)
    assert table.index[-1] == 2990
    shares = numbers.cooperative_time()
    assert shares.max() - shares.min() > 0.5
    # An era holds every report above its limit, and some below it.
    assert np.all(shares >= (table > numbers.COOPERATIVE).mean())
    assert numbers.turnovers().sum() == sum(
        max(len(numbers.eras(table[column].to_numpy())) - 1, 0) for column in table
    )


def test_where_eras_changed_but_once_cooperation_came_and_stayed() -> None:
    for column in numbers.populations().loc[:, (numbers.turnovers() == 1).to_numpy()]:
        kinds = [kind for kind, _ in numbers.eras(numbers.populations()[column].to_numpy())]
        assert kinds == [False, True]


def test_learners_come_to_the_step_of_the_optimum_as_they_train() -> None:
    table = numbers.finishing()
    best = np.array([reward_gaming.optimum(reward_gaming.BOOK, bonus)[1] for bonus in table.index])
    apart = np.abs(table.to_numpy() - best[:, None]).mean(axis=0)
    assert np.all(np.diff(apart) < 0)
    assert apart[-1] < 0.03
    assert numbers.learners() == 90
    # From the first cell they fail where finishing is best.
    assert numbers.finishing("first cell")[20_000][0.5] < 0.5


def test_some_that_fail_have_reached_the_end_and_some_have_not() -> None:
    assert 0.3 < numbers.reached() < 0.7


def test_every_figure_names_what_it_shows() -> None:
    for draw in (
        pictures.tipping,
        pictures.turned,
        pictures.patience,
        pictures.evolving,
        pictures.gaming,
    ):
        for fig in theme.figures(draw()):
            assert fig.axes[0].get_ylabel() or fig.axes[0].get_title(loc="left")


def test_read_outs_say_what_is_drawn() -> None:
    _, update = pictures.tipping()
    words = update(0.12, 1800)
    assert words.startswith("216 of 1,800 are committed (12%)")
    assert "100% of crowds" in words
    _, update = pictures.evolving()
    turns = numbers.turnovers().iloc[3]
    assert f"; {turns} turnover" in update(4)
    _, update = pictures.gaming()
    assert update("first cell").startswith("Trained from first cell")
