"""The addition experiment: its parts, and that the stored ladders can be had again."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emergence_lib import laws
from emergence_lib.experiments import addition, store
from emergence_lib.experiments.layers import Integers, cross_entropy, log_softmax, one_hot, softmax
from emergence_lib.experiments.optim import Adam, cosine_rate
from tests.experiments.differences import central_differences

REDUCED = addition.Config(widths=(32, 64), lengths=(1, 2), steps=1000, items=4000)


@pytest.fixture(scope="module")
def reduced() -> addition.Result:
    return addition.run(REDUCED, seed=5)


def number(digits: Integers) -> int:
    return sum(int(digit) * 10**place for place, digit in enumerate(digits))


def test_problems_are_sums_with_the_right_carries() -> None:
    lengths = np.repeat([1, 3, 5], 200)
    questions, answers = addition.problems(lengths, 5, np.random.default_rng(0))
    assert questions.shape == (10, 600)
    assert answers.shape == (6, 600)
    for length, question, answer in zip(lengths, questions.T, answers.T, strict=True):
        first, second = number(question[:5]), number(question[5:])
        assert max(first, second) < 10**length
        assert number(answer) == first + second


def test_problems_of_one_digit_are_all_equally_likely() -> None:
    questions, _ = addition.problems(np.ones(40_000, int), 1, np.random.default_rng(1))
    counts = np.bincount(questions[0] * 10 + questions[1], minlength=100)
    # 400 expected of each; five standard deviations
    assert np.all(np.abs(counts - 400) < 5 * np.sqrt(400))


def test_encode_switches_on_one_input_for_each_digit() -> None:
    inputs, targets = addition.encode(np.array([[3, 0], [7, 9]]), np.array([[0, 9], [1, 0]]))
    assert [np.flatnonzero(column).tolist() for column in inputs.T] == [[3, 17], [0, 19]]
    assert targets.argmax(1).tolist() == [[0, 9], [1, 0]]


def test_backward_pass_agrees_with_central_differences() -> None:
    rng = np.random.default_rng(2)
    net = addition.Net(7, 3, rng, np.float64)
    inputs, targets = (
        part.astype(np.float64)
        for part in addition.encode(*addition.problems(np.full(11, 3), 3, rng))
    )
    # Away from the kinks of the rectifier, and with every bias in play.
    net.weights += rng.normal(0, 0.3, net.weights.size)

    def loss() -> float:
        return cross_entropy(net.forward(inputs)[1], targets).sum(0).mean()

    gradient = net.gradient(inputs, targets)
    numeric = central_differences(loss, net.weights)
    assert np.abs(numeric - gradient).max() < 1e-8
    assert np.abs(gradient).max() > 0.01


def test_softmax_of_huge_logits_stays_finite() -> None:
    logits = np.array([[[1e4], [0.0]]])
    assert softmax(logits).tolist() == [[[1.0], [0.0]]]
    assert log_softmax(logits).tolist() == [[[0.0], [-1e4]]]
    assert cross_entropy(logits, one_hot(np.array([[1]]), 2)).tolist() == [[1e4]]


def test_adam_first_step_is_the_rate_against_the_sign_of_the_gradient() -> None:
    weights = np.array([1.0, 1.0, 1.0])
    Adam(weights).step(np.array([0.3, -20.0, 0.0]), rate=0.1)
    assert weights == pytest.approx([0.9, 1.1, 1.0], abs=1e-6)


def test_adam_agrees_with_the_textbook_formula() -> None:
    rng = np.random.default_rng(3)
    gradients = rng.normal(size=(5, 4))
    weights = np.zeros(4)
    adam = Adam(weights, betas=(0.8, 0.95), epsilon=1e-3)
    mean, square, expected = np.zeros(4), np.zeros(4), np.zeros(4)
    for step, gradient in enumerate(gradients, start=1):
        adam.step(gradient, 0.01)
        mean = 0.8 * mean + 0.2 * gradient
        square = 0.95 * square + 0.05 * gradient**2
        expected -= 0.01 * (mean / (1 - 0.8**step)) / (np.sqrt(square / (1 - 0.95**step)) + 1e-3)
    assert weights == pytest.approx(expected, rel=1e-12)


def test_rate_warms_up_peaks_and_falls_to_one_percent() -> None:
    rates = [cosine_rate(step, 1000, 0.5, 100) for step in range(1000)]
    assert rates[0] == pytest.approx(0.005)
    assert rates[99] == rates[100] == max(rates) == 0.5
    assert rates[-1] == pytest.approx(0.005, rel=0.01)
    assert np.all(np.diff(rates[100:]) < 0)


def test_an_untrained_net_guesses() -> None:
    config = addition.Config(widths=(32,), lengths=(2, 4), steps=1, warm_up=10**9, items=4000)
    result = addition.run(config, seed=0)
    # A fixed guess gets a tenth of the uniform digits right; the units digit is uniform.
    assert result.position_accuracy[0, :, 0] == pytest.approx(0.1, abs=0.03)
    assert np.all(result.exact_match < 0.01)
    assert np.all(result.cross_entropy > 0.8 * np.log(10))


def test_training_teaches(reduced: addition.Result) -> None:
    assert np.all(reduced.exact_match[:, 0] > 0.98)
    assert np.all(reduced.exact_match[:, 1] > 0.05)
    assert np.all(reduced.cross_entropy < [0.2, 1.2])


def test_scores_are_consistent(reduced: addition.Result) -> None:
    least = reduced.position_accuracy.min(axis=2)
    assert np.all(reduced.exact_match <= least + 1e-12)
    assert np.all((reduced.brier >= 0) & (reduced.brier <= 2))
    assert reduced.live(1).shape == (2, 2)
    assert reduced.live(2).shape == (2, 3)
    # Leading zeros are easy, which is why `live` leaves them out.
    assert np.all(reduced.position_accuracy[:, 0, 2] > 0.99)
    assert reduced.parameters.tolist() == [32 * 41 + 32 * 30 + 30, 64 * 41 + 64 * 30 + 30]


def test_product_of_the_digits_predicts_the_whole_answer(reduced: addition.Result) -> None:
    for length in (1, 2):
        product = laws.product(reduced.live(length))
        assert product == pytest.approx(reduced.exact_match[:, reduced.index(length)], abs=0.02)


def slow_edit_distance(one: list[int], other: list[int]) -> int:
    """Try every way to spend one edit on the last digits; exponential, and nothing shared."""
    if not one or not other:
        return len(one) + len(other)
    return min(
        slow_edit_distance(one[:-1], other[:-1]) + (one[-1] != other[-1]),
        slow_edit_distance(one[:-1], other) + 1,
        slow_edit_distance(one, other[:-1]) + 1,
    )


# Few symbols, so that shifted matches are common.
digit_tables = st.tuples(st.integers(1, 5), st.integers(1, 5)).flatmap(
    lambda shape: st.lists(
        st.lists(st.integers(0, 2), min_size=sum(shape), max_size=sum(shape)),
        min_size=1,
        max_size=3,
    ).map(lambda rows: (np.array(rows).T[: shape[0]], np.array(rows).T[shape[0] :]))
)


@given(digit_tables)
def test_edit_distance_agrees_with_brute_force(digits: tuple[Integers, Integers]) -> None:
    written, answers = digits
    assert addition.edit_distance(written, answers).tolist() == [
        slow_edit_distance(one, other)
        for one, other in zip(written.T.tolist(), answers.T.tolist(), strict=True)
    ]


def test_edit_distance_forgives_a_shift() -> None:
    # 123456 written as 012345: every digit is wrong, two edits put it right.
    written, answer = np.array([[5, 4, 3, 2, 1, 0]]).T, np.array([[6, 5, 4, 3, 2, 1]]).T
    assert np.all(written != answer)
    assert addition.edit_distance(written, answer).tolist() == [2]
    assert addition.edit_distance(answer, answer).tolist() == [0]


def test_edits_are_at_most_the_wrong_digits(reduced: addition.Result) -> None:
    for length in (1, 2):
        wrong = (1 - reduced.live(length)).sum(axis=1)
        edits = reduced.edit_distance[:, reduced.index(length)]
        assert np.all(edits <= wrong + 1e-12)
        # At least one edit for each answer that is not right.
        assert np.all(edits >= 1 - reduced.exact_match[:, reduced.index(length)] - 1e-12)


def test_exams_on_the_way_are_handed_in_in_order(reduced: addition.Result) -> None:
    config = replace(REDUCED, exams=(1, 300), items=200)
    result = addition.run(config, seed=5)
    assert result.step.tolist() == [1, 1, 300, 300, 1000, 1000]
    assert result.parameters.tolist() == [*reduced.parameters] * 3
    assert result.exact_match.shape == (6, 2)
    first, _, last = result.exact_match[:, 0].reshape(3, 2)
    assert np.all(first < last)


def test_first_exam_does_not_depend_on_later_ones() -> None:
    config = addition.Config(widths=(4,), lengths=(1, 2), steps=20, exams=(5, 10), items=50)
    every, one = addition.run(config, seed=1), addition.run(replace(config, exams=(5,)), seed=1)
    assert np.array_equal(every.position_accuracy[0], one.position_accuracy[0])
    assert not np.array_equal(every.position_accuracy[-1], one.position_accuracy[-1])


def test_one_exam_can_be_taken_out_and_some_of_its_nets() -> None:
    config = addition.Config((4, 6, 8), lengths=(1, 2), steps=20, exams=(5, 10), items=50)
    result = addition.run(config, seed=1)
    exam = result.exam(10, widths=(4, 8))
    assert exam.config.widths == (4, 8)
    assert exam.step.tolist() == [10, 10]
    assert exam.parameters.tolist() == [result.parameters[3], result.parameters[5]]
    assert np.array_equal(exam.cross_entropy, result.cross_entropy[[3, 5]])
    assert np.array_equal(exam.live(1), result.live(1)[[3, 5]])
    assert len(result.exam(20).step) == 3
    with pytest.raises(ValueError, match=r"found 7, \(\); want one of \[5, 10, 20\]"):
        result.exam(7)
    with pytest.raises(ValueError, match=r"found 5, \(5,\)"):
        result.exam(5, widths=(5,))


def test_correlated_errors_are_seen() -> None:
    rows = np.random.default_rng(0).random((1, 3000)) < 0.3
    assert addition.mean_correlation(np.vstack([rows, rows])) == pytest.approx(1)
    assert addition.mean_correlation(np.vstack([rows, ~rows])) == pytest.approx(-1)
    assert addition.mean_correlation(np.vstack([rows, rows & False])) == 0


def test_same_seed_same_bits_other_seed_other_numbers(reduced: addition.Result) -> None:
    again = addition.run(REDUCED, seed=5)
    assert reduced.difference(again) == 0
    other = addition.run(REDUCED, seed=6)
    assert not np.array_equal(other.exact_match, again.exact_match)


def test_progress_wraps_the_training_steps() -> None:
    seen = []

    def watch(steps: Iterable[int]) -> Iterator[int]:
        for step in steps:
            seen.append(step)
            yield step

    addition.run(addition.Config(widths=(4,), lengths=(1,), steps=7, items=10), 0, watch)
    assert seen == list(range(7))


def test_kept_problems_are_the_same_for_every_net_and_none_is_short() -> None:
    questions, answers = addition.kept_problems(addition.BOOK)
    assert questions.shape == (10, 60)
    for question, answer in zip(questions.T, answers.T, strict=True):
        assert number(answer) == number(question[:5]) + number(question[5:])
    again = addition.kept_problems(replace(addition.BOOK, widths=(4,), steps=7))
    assert np.array_equal(questions, again[0])
    assert len(set(map(tuple, questions.T))) == 60


def test_kept_answers_are_marked_as_in_an_exam(reduced: addition.Result) -> None:
    right = reduced.written == addition.kept_problems(REDUCED)[1]
    assert right.shape == (2, 3, 60)
    # Five standard deviations of sixty items, at most.
    assert right.all(axis=1).mean(axis=1) == pytest.approx(reduced.exact_match[:, 1], abs=0.33)
    assert right.mean(axis=2) == pytest.approx(reduced.live(2), abs=0.33)


def test_the_stored_answers_can_be_had_again() -> None:
    stored = store.stored("addition")[0]
    again = addition.run(replace(addition.BOOK, widths=(8, 16), items=10), seed=0)
    # Elsewhere rounding differs, and a whole training tips a few digits: of these, under 2%.
    same = again.written == stored.written[:2]
    assert np.all(same.mean(axis=(1, 2)) > 0.9)
    assert np.mean(stored.written[0] == stored.written[1]) < 0.5


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"widths": ()}, r"widths: found \(\), want whole numbers of at least 1"),
        ({"lengths": (0, 1)}, r"lengths: found \(0, 1\)"),
        ({"steps": -1}, "steps: found -1"),
        ({"kept": 0}, "kept: found 0"),
        ({"lengths": (18,)}, r"lengths: found \(18,\), want whole numbers from 1 to 17"),
        ({"rate": 0}, "rate: found 0, want numbers above 0"),
        ({"exams": (4000,)}, r"exams: found \(4000,\), want whole numbers from 1 to 3999"),
        ({"exams": (9, 8)}, "each above the one before"),
    ],
)
def test_settings_that_cannot_run_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        addition.Config(**settings)


def test_live_names_the_lengths_there_are(reduced: addition.Result) -> None:
    with pytest.raises(ValueError, match=r"length: found 9, want one of \(1, 2\)"):
        reduced.live(9)


def test_subset_match_agrees_with_a_simulated_exam() -> None:
    rates = np.array([0.95, 0.6, 0.3, 0.8])
    right = np.random.default_rng(0).random((200_000, 4)) < rates
    for count in (1, 2, 4):
        chosen = [right[:, list(some)].all(1).mean() for some in combinations(range(4), count)]
        matched = addition.subset_match(rates[None], count)
        assert matched[0] == pytest.approx(np.mean(chosen), abs=3e-3)
    with pytest.raises(ValueError, match="count: found 5, want 1 to 4"):
        addition.subset_match(rates[None], 5)


@pytest.mark.parametrize("axis", ["parameters", "step"])
def test_widths_of_logistic_digits_are_those_of_the_law(axis: str) -> None:
    scale = np.logspace(3, 11, 801).round().astype(np.int64)
    p = laws.logistic(np.log10(scale), 7, 3.0, 0.1)
    loss = -np.log(p)[:, None]
    made = addition.Result(
        config=addition.Config(lengths=(2,)),
        seed=4,
        seconds=1.0,
        parameters=scale if axis == "parameters" else np.ones_like(scale),
        step=scale if axis == "step" else np.ones_like(scale),
        exact_match=p[:, None] ** 3,
        position_accuracy=np.repeat(p[:, None, None], 3, axis=2),
        edit_distance=loss,
        cross_entropy=loss,
        brier=loss,
        error_correlation=0 * loss,
        written=np.zeros((len(scale), 3, 0), int),
    )
    table = addition.widths([made], axis).set_index("score")
    assert list(table.index[2:]) == [*(f"{n} of 3 digits" for n in (1, 2, 3)), "exact match"]
    assert table["seed"].eq(4).all()
    assert table.loc["1 of 3 digits", "midpoint"] == pytest.approx(7, abs=1e-3)
    assert table.loc["1 of 3 digits", "width"] == pytest.approx(laws.logistic_width(3), rel=1e-3)
    assert table.loc["3 of 3 digits", "width"] == pytest.approx(table.loc["exact match", "width"])
    # The rise of -log p from log 0.1, solved for p by hand, and then for the scale.
    ends = [(0.1 ** (1 - share) - 0.1) / 0.9 for share in (0.1, 0.9)]
    expected = np.diff([np.log(part / (1 - part)) / 3 for part in ends])[0]
    assert table.loc["cross-entropy", "width"] == pytest.approx(expected, rel=1e-3)
