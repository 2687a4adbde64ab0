"""The scaling-laws paradox: its numbers against hand and other fits, and what its pictures show."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from scipy import optimize

from emergence_lib import laws
from emergence_lib.chapters.scaling_laws import numbers, pictures
from emergence_lib.forecasts import methods
from emergence_lib.ladders import Ladder
from emergence_lib.laws import Array


def heights(curve: Line2D) -> Array:
    return np.asarray(curve.get_ydata(), dtype=float)


def line(figure: Figure, panel: int, label: str) -> Line2D:
    (match,) = [each for each in figure.axes[panel].lines if each.get_label() == label]
    return match


def test_the_pair_is_that_of_the_printed_tables() -> None:
    # Brown et al.: perplexities 18.6 and 3.00, three-digit sums 8.40 and 80.4 per cent.
    table = numbers.pair("sums").set_index("size")
    assert table["loss"]["125M"] == pytest.approx(np.log(18.6))
    assert table["loss"]["175B"] == pytest.approx(np.log(3.0))
    assert table["score"][["13B", "175B"]].tolist() == pytest.approx([0.084, 0.804])
    assert numbers.pair("trivia")["score"].is_monotonic_increasing
    with pytest.raises(ValueError, match="skill: found 'chess', want one of sums"):
        numbers.pair("chess")


@pytest.mark.parametrize(
    ("size", "of", "term", "loss"),
    # By hand, from the printed constants: 1 - 2**-.34, 1 - 2**-.28, and the claim check's totals.
    [
        ("70B", "parameters", 0.2100, 0.00905),
        ("70B", "tokens", 0.1764, 0.01486),
        ("1B", "parameters", 0.2100, 0.02880),
        ("100M", "parameters", 0.2100, 0.04664),
    ],
)
def test_a_doubling_by_hand(size: str, of: str, term: float, loss: float) -> None:
    found = numbers.doubling(size, of)
    assert found.term == pytest.approx(term, abs=5e-5)
    assert found.loss == pytest.approx(loss, abs=5e-6)
    n, d = numbers.WORKED[size]
    more = (2 * n, d) if of == "parameters" else (n, 2 * d)
    now, then = laws.chinchilla_loss(n, d), laws.chinchilla_loss(*more)
    assert found.loss == pytest.approx(1 - then / now)
    assert found.reducible == pytest.approx((now - then) / (now - laws.HOFFMANN.E))


def test_doubling_names_what_it_does_not_know() -> None:
    with pytest.raises(ValueError, match="found '7B', 'parameters'; want one of 100M, 1B, 70B"):
        numbers.doubling("7B")
    with pytest.raises(ValueError, match="found '1B', 'heads'"):
        numbers.doubling("1B", "heads")


def test_a_gain_is_a_difference_of_losses() -> None:
    law = laws.BESIROGLU
    now, then = laws.chinchilla_loss([4e8, 4e9], 3e11, *law)
    assert numbers.gain(4e8, 10, law) == pytest.approx(now - then)


@pytest.mark.parametrize("law", [laws.HOFFMANN, laws.BESIROGLU])
def test_the_best_split_is_the_lowest_loss_of_a_budget(law: laws.Chinchilla) -> None:
    def loss(log_n: float) -> float:
        n = np.exp(log_n)
        return float(laws.chinchilla_loss(n, 1e22 / 6 / n, *law))

    best = optimize.minimize_scalar(loss, bounds=(np.log(1e8), np.log(1e12)), method="bounded")
    split = numbers.best_split(law, 1e22)
    assert split.parameters == pytest.approx(np.exp(best.x), rel=1e-3)
    assert split.parameters**2 * split.tokens == pytest.approx(1e22 / 6)
    tenfold = numbers.best_split(law, 1e23).parameters / split.parameters
    assert np.log10(tenfold) == pytest.approx(numbers.frontier(law))


def test_residuals_are_per_cent_of_the_law() -> None:
    runs = pd.DataFrame({"params": [1e9], "tokens": [2e10]})
    runs["loss"] = 1.02 * laws.chinchilla_loss(1e9, 2e10)
    assert numbers.residuals(laws.HOFFMANN, runs) == pytest.approx([2.0])
    assert numbers.typical(np.array([3.0, -4.0])) == pytest.approx(np.sqrt(12.5))


def test_runs_are_forecast_that_the_law_has_not_seen() -> None:
    seen = numbers.runs()["train_flops"] <= numbers.SMALL
    assert numbers.small_runs().runs == seen.sum()
    large = numbers.runs()[numbers.runs()["train_flops"] > numbers.LARGE]
    law = numbers.small_runs().constants
    miss = large["loss"] / laws.chinchilla_loss(large["params"], large["tokens"], *law) - 1
    assert numbers.forecast_errors() == pytest.approx(100 * miss.to_numpy())
    assert numbers.up_to(numbers.SMALL)[1] == pytest.approx(numbers.typical(100 * miss.to_numpy()))
    assert numbers.up_to(numbers.SMALL)[0] == pytest.approx(numbers.frontier(law))


def test_the_interval_of_the_bootstrap_holds_the_refit() -> None:
    for name, value in numbers.refit().constants._asdict().items():
        low, high = numbers.interval(name)
        assert low < value < high
    low, high = numbers.interval("frontier")
    assert low < numbers.frontier(numbers.refit().constants) < high
    with pytest.raises(ValueError, match="name: found 'gamma', want frontier or one of E, A, B"):
        numbers.interval("gamma")


def test_one_objective_in_three_units_stops_in_three_places() -> None:
    table = numbers.stops().set_index("rule")
    assert len(table) == 3 * len(numbers.STARTS)
    assert (table["excess"] > 1 - 1e-9).all()
    own, mean = table.loc["sum in units of its own"], table.loc["mean of the losses"]
    # The finished fits are the one of `fit_chinchilla`, which starts and scales in its own way.
    refit = numbers.refit().constants
    assert own["alpha"].to_numpy() == pytest.approx(refit.alpha, abs=1e-3)
    assert own["beta"].to_numpy() == pytest.approx(refit.beta, abs=1e-3)
    assert mean["content"].mean() > 0.9
    assert mean["excess"].min() > 1.05
    assert mean["steps"].mean() < own["steps"].mean() / 2
    assert np.ptp(mean["frontier"]) > 0.2
    stopped = numbers.stopped("mean of the losses")
    assert numbers.frontier(stopped) == pytest.approx(
        mean.loc[mean["excess"] == mean["excess"].min(), "frontier"].iloc[0]
    )


def test_nine_runs_part_late() -> None:
    table = numbers.seed_losses()
    assert table.shape == (30, 9)
    by_hand = table.loc[8000].to_numpy()
    assert numbers.spread(8000) == pytest.approx(
        np.sqrt(np.sum((by_hand - by_hand.mean()) ** 2) / 8)
    )
    assert numbers.astray().index.tolist() == [3, 4]
    assert numbers.astray(0.2).index.tolist() == [4]
    # "About sixty times as large" is an answer of the page.
    assert 55 < numbers.spread(142_000) / numbers.spread(8000) < 70


def test_two_runs_leave_the_others_between_rows_of_the_table() -> None:
    table = numbers.seed_losses()
    steps = table.index.tolist()
    for seed in (3, 4):
        row = steps.index(numbers.last_together(seed))
        others = table.drop(columns=[3, 4])
        inside = table[seed].between(others.min(axis=1) - 0.01, others.max(axis=1) + 0.01)
        assert inside.iloc[row]
        assert not inside.iloc[row + 1 :].any()
    assert numbers.last_together(5) == steps[-1]


def test_laws_help_on_choice_tasks_and_not_on_free_answers() -> None:
    table = numbers.routes()
    choice = (table["floor"] > 0).to_numpy()
    assert 0 < choice.sum() < len(choice)
    size = {
        (route, kind): float(np.mean((table[route] - table["came"])[choice == kind] ** 2))
        for route in numbers.ROUTES
        for kind in (True, False)
    }
    assert max(size["chance", True], size["loss", True]) < size["last", True] < size["direct", True]
    assert min(size["direct", False], size["loss", False]) > size["last", False]


# The score as a law of parameters and tokens.

GRID = [(n, d) for n in (1e7, 8e7, 1.5e8, 4e8) for d in (2e8, 1e9, 6e9, 3e10)]
EXPONENTS = (0.3, 0.25)


def case(floor: float, items: int = 10**7) -> methods.Case:
    """Return a made-up case whose scores follow the direct law, the last at 6.9B parameters."""
    table = pd.DataFrame([*GRID, (6.9e9, 1.4e11)], columns=["params", "tokens"])
    alpha, beta = EXPONENTS
    reach = 1.5 * (table["params"] / 1e8) ** -alpha + 0.8 * (table["tokens"] / 2e9) ** -beta
    table = table.assign(scale=range(1, 18), items=items, loss=reach + 2)
    table["score"] = floor + (1 - floor) * np.exp(-reach)
    ladder = Ladder("made", "made", "made", "made", "FLOP", floor, table, counted=True)
    return methods.Case(ladder, 16)


@pytest.mark.parametrize("floor", [0.0, 0.25])
def test_scores_that_follow_the_direct_law_are_forecast(floor: float) -> None:
    made = case(floor)
    assert numbers.direct(made, floor) == pytest.approx(made.came, abs=1e-6)
    if floor:
        assert abs(numbers.direct(made, 0.0) - made.came) > 0.02


def test_direct_agrees_with_nonnegative_least_squares() -> None:
    for made in numbers.grid_cases()[::7]:
        table, floor = made.ladder.rows, made.ladder.floor
        n, d = table["params"].to_numpy(float) / 1e8, table["tokens"].to_numpy(float) / 2e9
        low = 0.5 / made.items
        share = np.clip((made.score - floor) / (1 - floor), low, 1 - low)
        score = floor + (1 - floor) * share
        weight = (score - floor) / np.sqrt(score * (1 - score) / made.items)
        best, said = np.inf, np.nan
        for alpha in methods.EXPONENTS:
            for beta in methods.EXPONENTS:
                terms = np.stack([n**-alpha, d**-beta], axis=1)
                seen = terms[: made.seen] * weight[:, None]
                (a, b), off = optimize.nnls(seen, -np.log(share) * weight)
                if off < best:
                    best, said = off, a * terms[-1, 0] + b * terms[-1, 1]
        assert numbers.direct(made, floor) == pytest.approx(
            floor + (1 - floor) * np.exp(-said), abs=1e-6
        )


def test_two_terms_are_never_negative() -> None:
    rng = np.random.default_rng(3)
    first, second = rng.uniform(0.1, 1, (4, 9)), rng.uniform(0.1, 1, (5, 9))
    for target in (rng.normal(size=9), first[0] - 0.5 * second[0], second[1] - first[1]):
        a, b = numbers._two_terms(first, second, target)
        for i, one in enumerate(first):
            for j, other in enumerate(second):
                (x, y), _ = optimize.nnls(np.stack([one, other], axis=1), target)
                assert (a[i, j], b[i, j]) == pytest.approx((x, y), abs=1e-9)


def test_the_grid_hides_the_largest_models_and_takes_tasks_that_have_risen() -> None:
    cases = numbers.grid_cases()
    tasks = {made.ladder.task for made in cases}
    assert len(cases) == 3 * len(tasks)
    assert "hellaswag" in tasks
    assert "mmlu" not in tasks
    for made in cases:
        assert made.ladder.rows["params"].iloc[: made.seen].max() < 5e8
        assert made.ladder.rows["params"].iloc[-1] > 6e9
        assert made.seen >= 30


def test_errors_count_what_the_table_holds() -> None:
    table = numbers.routes()
    for route in numbers.ROUTES:
        off = 100 * (table[route] - table["came"])
        assert numbers.missed(route) == (off.abs() > 10).sum()
        assert numbers.errors(route, "floor > 0").size == (table["floor"] > 0).sum()
    # Where a guess scores nothing, the two forms of the law are one.
    free = table[table["floor"] == 0]
    assert free["direct"].to_numpy() == pytest.approx(free["chance"].to_numpy())
    mean = numbers.by_task().set_index("task")["last"]["jeopardy"]
    jeopardy = table[table["task"] == "jeopardy"]
    assert mean == pytest.approx(100 * (jeopardy["last"] - jeopardy["came"]).mean())


# Pictures.


def test_the_rings_of_the_pair_lie_on_both_curves() -> None:
    figure, update = pictures.pair()
    said = update(model="13B", skill="sums")
    table = numbers.pair("sums").set_index("size")
    for panel, name in ((0, "loss"), (1, "score")):
        ring = line(figure, panel, "_here")
        assert np.asarray(ring.get_xdata(), dtype=float) == pytest.approx([table["params"]["13B"]])
        assert heights(ring) == pytest.approx([table[name]["13B"]])
    assert heights(line(figure, 1, "score")) == pytest.approx(table["score"].to_numpy())
    assert "13B: loss 1.27 nats, sums 8.4% right." in said
    assert "Since 6.7B: loss −0.12, score +7.5 points" in said
    assert "Since" not in update(model="125M", skill="trivia")


def test_every_score_of_the_pair_is_inside_the_picture() -> None:
    figure, _ = pictures.pair()
    low, high = figure.axes[1].get_ylim()
    for skill in numbers.SKILLS:
        scores = numbers.pair(skill)["score"]
        assert low < scores.min() <= scores.max() < high


def test_the_bars_add_up_to_the_loss() -> None:
    figure, update = pictures.doubling()
    said = update(parameters="1B", ratio=20, law="as printed")
    patches = figure.axes[0].patches
    rights = [
        patch.get_extents().transformed(figure.axes[0].transData.inverted()).x1
        for patch in patches[-4:]
    ]
    expected = [
        laws.chinchilla_loss(n, d) for n, d in ((1e9, 2e10), (2e9, 2e10), (1e9, 4e10), (2e9, 4e10))
    ]
    assert rights == pytest.approx(expected)
    assert "take 21% off their term, 2.88% off the loss" in said
    widest = laws.chinchilla_loss(1e8, 5e8)
    assert widest < figure.axes[0].get_xlim()[1] - 0.3


def test_each_law_moves_the_residuals() -> None:
    figure, update = pictures.residuals()
    for law, constants in numbers.constants().items():
        said = update(law=law)
        shown = heights(line(figure, 0, "run above the law (% of the loss)"))
        assert shown == pytest.approx(numbers.residuals(constants))
        assert abs(shown).max() < figure.axes[0].get_ylim()[1] + 0.2
        assert f"{numbers.best_split(constants).parameters / 1e9:.0f}B parameters" in said


def test_every_stopped_fit_and_draw_is_inside_the_picture() -> None:
    ax = pictures.exponents().axes[0]
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    early = numbers.stops().query("rule == 'mean of the losses'")
    for alpha, beta in ((early["alpha"], early["beta"]), numbers.bootstrap().draws[:, 3:].T):
        assert left < min(alpha) <= max(alpha) < right
        assert low < min(beta) <= max(beta) < high


def test_every_mean_error_is_inside_the_picture() -> None:
    ax = pictures.direct().axes[0]
    left, right = ax.get_xlim()
    off = numbers.by_task()[[*numbers.ROUTES]].to_numpy()
    assert left < off.min() <= off.max() < right
    shown = {each.get_label() for each in ax.lines}
    assert set(numbers.ROUTES.values()) <= shown


def test_the_two_astray_are_named() -> None:
    first, second = pictures.seeds()
    assert {text.get_text() for text in first.axes[0].texts} == {"seed 3", "seed 4"}
    assert len(first.axes[0].lines) == 9
    spread = heights(line(second, 0, "all nine"))
    assert spread[-1] == pytest.approx(numbers.spread(142_000))
