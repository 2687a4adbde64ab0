"""The prisoner's dilemma against payoffs worked out by hand and games played move by move."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emergence_lib.experiments import prisoners_dilemma as dilemma
from emergence_lib.experiments import store
from emergence_lib.experiments.layers import Floats

TINY = dilemma.Config(levels=(0.0, 1.0), generations=40, populations=2, players=10)


def payoff(mine: str, theirs: str, slips: float) -> float:
    pair = [dilemma.slipped(dilemma.KNOWN[name], slips) for name in (mine, theirs)]
    return float(dilemma.stationary(*pair) @ dilemma.PAYOFFS)


@pytest.mark.parametrize("slips", [0.001, 0.01, 0.2])
def test_unconditional_players_are_two_coins(slips: float) -> None:
    """Always defect against always cooperate: each slips on its own."""
    kept, lost = 1 - slips, slips
    expected = {
        "always defect": 5 * kept * kept + 1 * kept * lost + 3 * lost * kept,
        "always cooperate": 5 * lost * lost + 1 * lost * kept + 3 * kept * lost,
    }
    assert payoff("always defect", "always cooperate", slips) == pytest.approx(
        expected["always defect"]
    )
    assert payoff("always cooperate", "always defect", slips) == pytest.approx(
        expected["always cooperate"]
    )


@pytest.mark.parametrize("slips", [0.001, 0.01, 0.2])
def test_tit_for_tat_against_itself_forgets_how_it_began(slips: float) -> None:
    """Slips send it around all four outcomes alike, however rare they are."""
    table = dilemma.slipped(dilemma.KNOWN["tit for tat"], slips)
    assert dilemma.stationary(table, table) == pytest.approx(np.full(4, 0.25))
    assert payoff("tit for tat", "tit for tat", slips) == pytest.approx((3 + 0 + 5 + 1) / 4)


def test_win_stay_lose_shift_mends_a_slip_in_two_rounds() -> None:
    """CC, slip to CD, then DD, then CC: two rounds of each kind lost for a slip of either."""
    slips = 1e-4
    table = dilemma.slipped(dilemma.KNOWN["win-stay, lose-shift"], slips)
    outcomes = dilemma.stationary(table, table)
    assert outcomes == pytest.approx([1 - 4 * slips, slips, slips, 2 * slips], abs=20 * slips**2)


def play(mine: Floats, theirs: Floats, rounds: int, rng: np.random.Generator) -> Floats:
    """Play move by move; return how often CC, CD, DC, DD came up."""
    counts = np.zeros(4)
    me, you = True, True
    for luck in rng.random((rounds, 2)).tolist():
        my_memory, your_memory = 2 * (not me) + (not you), 2 * (not you) + (not me)
        me, you = luck[0] < mine[my_memory], luck[1] < theirs[your_memory]
        counts[2 * (not me) + (not you)] += 1
    return counts / rounds


def test_exact_shares_are_those_of_played_games() -> None:
    rng = np.random.default_rng(0)
    for _ in range(6):
        mine, theirs = rng.uniform(0.1, 0.9, size=(2, 4))
        exact = dilemma.stationary(mine, theirs)
        assert exact == pytest.approx(play(mine, theirs, 40_000, rng), abs=0.015)
        assert exact.sum() == pytest.approx(1)


def test_the_other_players_side_mirrors_mine() -> None:
    mine, theirs = np.random.default_rng(1).uniform(0.01, 0.99, size=(2, 50, 4))
    mirrored = dilemma.stationary(theirs, mine)[:, [0, 2, 1, 3]]
    assert dilemma.stationary(mine, theirs) == pytest.approx(mirrored)


def test_all_combinations_take_part_and_the_known_are_among_them() -> None:
    table = dilemma.strategies(dilemma.BOOK.levels)
    assert table.shape == (256, 4)
    for strategy in dilemma.KNOWN.values():
        assert (table == np.array(strategy)).all(axis=1).sum() == 1


def test_nobody_meets_itself() -> None:
    table = np.array([[1.0, 5.0], [2.0, 10.0]])
    counts = np.array([[1, 3]])
    # Each of the three meets the one and the two others of its kind.
    assert dilemma.against_others(counts, table) == pytest.approx(
        np.array([[5.0, (2 + 2 * 10) / 3]])
    )


def test_selection_copies_by_payoff() -> None:
    config = dilemma.Config(levels=(0.0, 1.0), players=100_000, mutation=0.0, selection=1.0)
    payoffs, _ = dilemma.tournament(dilemma.strategies(config.levels), config.slips)
    counts = np.zeros((1, 16), np.int64)
    counts[0, [0, 15]] = 50_000  # always defect, always cooperate
    after = dilemma.breed(counts, payoffs, config, np.random.default_rng(0))[0]
    gap = payoffs[0, [0, 15]].mean() - payoffs[15, [0, 15]].mean()
    assert after[[0, 15]].sum() == 100_000
    assert np.log(after[0] / after[15]) == pytest.approx(gap, abs=0.03)


def test_without_selection_all_strategies_drift_alike() -> None:
    config = dilemma.Config(levels=(0.0, 1.0), players=160_000, mutation=1.0)
    payoffs, _ = dilemma.tournament(dilemma.strategies(config.levels), config.slips)
    counts = np.full((1, 16), 10_000)
    after = dilemma.breed(counts, payoffs, config, np.random.default_rng(0))
    assert np.all(np.abs(after - 10_000) < 5 * 100)


def test_stored_populations_go_through_eras() -> None:
    for result in store.stored("prisoners_dilemma"):
        assert np.all((result.cooperation > 0) & (result.cooperation < 1))
        # Populations are mostly low or near one of two higher levels, seldom between,
        low, between, high = (
            np.mean((result.cooperation > a) & (result.cooperation < b))
            for a, b in ((0, 0.2), (0.6, 0.75), (0.75, 1))
        )
        assert low > 0.2
        assert high > 0.1
        assert between < 0.1
        # and each of them sees both.
        assert np.all(result.cooperation.min(axis=1) < 0.1)
        assert np.all(result.cooperation.max(axis=1) > 0.8)


def test_same_seed_same_bits_kept_and_read(tmp_path: Path) -> None:
    result = dilemma.run(TINY, seed=2)
    result.save(tmp_path / "kept.npz")
    assert dilemma.run(TINY, seed=2).difference(result.load(tmp_path / "kept.npz")) == 0
    assert not np.array_equal(dilemma.run(TINY, seed=3).cooperation, result.cooperation)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"levels": (0.0, 2.0)}, "levels: found"),
        ({"slips": 0.0}, "slips: found 0.0"),
        ({"players": 1}, "players: found 1"),
        ({"mutation": 1.5}, "mutation: found 1.5"),
        ({"every": 5000}, "every: found 5000, want whole numbers from 1 to 3000"),
    ],
)
def test_settings_that_cannot_run_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        dilemma.Config(**settings)
