"""The network that readers train against the Python one: its rules, and what is drawn and said."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from emergence_lib.chapters.learning_dynamics import numbers
from emergence_lib.experiments import fourier, grokking
from emergence_lib.experiments.layers import Floats, Integers, one_hot
from emergence_lib.experiments.modular import Net, encode
from emergence_lib.reader.output import asset
from tests.browsers import chromium

MARKS = ("seen", "new", "filtered", "scrambled")

# The test's own chance and stage: what a piece may use, and a record of what it draws and says.
STAGE = """
Math.random = () => { throw new Error("chance that no run number settles"); };
window.chance = (seed) => {
  // As assets/twin.js draws it for the run of that number.
  let state = Math.imul(seed, 0x9e3779b9), spare = null;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = () => {
    const kept = spare;
    spare = null;
    if (kept !== null) return kept;
    const radius = Math.sqrt(-2 * Math.log(1 - random())), angle = 2 * Math.PI * random();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  return { random, normal };
};
window.played = ({ settings, data, run, seed, every }) => {
  const drawn = {}, said = [], answers = [], lengths = [];
  const run_ = emTwins.grokking.setup({
    settings, data, run, ...chance(seed),
    line: (mark, xs, ys) => { drawn[mark] = [[...xs], [...ys]]; },
    boxes: () => { throw new Error("nothing to fill"); },
  });
  const look = () => {
    said.push(run_.draw());
    lengths.push(Object.values(drawn).map(([xs, ys]) => [xs.length, ys.length]));
  };
  look();
  while (answers.length < 1e5 && answers.at(-1) !== false) {
    answers.push(run_.advance());
    if (every) look();
  }
  const last = answers.length;
  const after = run_.advance();
  look();
  return { drawn, said, lengths, calls: last, after, early: answers.slice(0, -1).includes(false),
           strides: run_.change?.("decay") ?? false };
};
"""


@pytest.fixture(scope="module")
def script_page() -> Iterator[Page]:
    with chromium() as browser:
        page = browser.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
        page.goto("about:blank")
        page.add_script_tag(content=asset("twin-grokking.js"))
        page.add_script_tag(content=STAGE)
        yield page


def rows(first: Floats, last: Floats) -> Floats:
    """Return weights as the script lays them out: by symbol, then unit, an empty row at the end."""
    return np.concatenate([first.T.ravel(), last.ravel(), np.zeros(last.shape[1])])


def as_net(weights: list[float], hours: int, units: int) -> Net:
    """Return the Python net of the script's weights, in double precision."""
    table = np.array(weights).reshape(3 * hours + 1, units)
    assert not table[-1].any()
    net = Net(hours, units, np.random.default_rng(0), np.float64)
    net.first[:], net.last[:] = table[: 2 * hours].T, table[2 * hours : 3 * hours]
    return net


def questions(pairs: list[list[int]], hours: int) -> tuple[Floats, Integers]:
    """Return pairs as Python encodes them, and their sums, worked out here."""
    numbers_ = np.array(pairs).T[:2]
    return encode(numbers_, hours).astype(np.float64), numbers_.sum(axis=0) % hours


def gap(mine: Any, theirs: Any) -> float:
    """Return the largest difference, relative to the largest number."""
    return float(np.abs(np.subtract(mine, theirs)).max() / np.abs(theirs).max())


def mixed_up(net: Net, order: list[int]) -> Net:
    """Return `fourier.scrambled` of a net, for an order that is known."""
    mixed = fourier.reordered(net, np.array(order))
    sieved = fourier.filtered(mixed, fourier.strongest(mixed))
    return fourier.reordered(sieved, np.argsort(order))


# No setting is the book's: one that is written into the script shows.
SMALL: dict[str, Any] = {
    **{"hours": 13, "units": 18, "share": 0.56, "rate": 0.03, "decay": 2.0, "warmUp": 4},
    "checkpoints": [0, 2, 5, 12, 25, 60, 110],
}


def config(data: dict[str, Any], decay: float) -> grokking.Config:
    """Return the module's settings for the script's data."""
    return grokking.Config(
        modulus=data["hours"],
        width=data["units"],
        shares=(data["share"],),
        rate=data["rate"],
        decay=decay,
        warm_up=data["warmUp"],
        checkpoints=tuple(data["checkpoints"]),
    )


def begun(page: Page, data: dict[str, Any], seed: int) -> dict[str, Any]:
    """Return how a run begins, and the orders that it scrambles the numbers into."""
    found: dict[str, Any] = page.evaluate(
        """([data, seed]) => {
          const { random, normal } = chance(seed), piece = emTwins.grokking;
          const { net, seen, fresh } = piece.begin(data, random, normal);
          return { weights: [...net.weights], seen, fresh,
                   orders: data.checkpoints.map(() => piece.shuffled(data.hours, random)) };
        }""",
        [data, seed],
    )
    return found


def expected(start: dict[str, Any], data: dict[str, Any], decay: float) -> dict[str, list[float]]:
    """Return what the Python module makes of the same start: the four scores at each checkpoint."""
    hours = data["hours"]
    net = as_net(start["weights"], hours, data["units"])
    (seen, known), (fresh, asked) = (questions(start[part], hours) for part in ("seen", "fresh"))
    targets = one_hot(known[None], hours, np.float64)[0]
    scores: dict[str, list[float]] = {mark: [] for mark in MARKS}
    for step in grokking.training(net, seen, targets, config(data, decay)):
        if step in data["checkpoints"]:
            order = start["orders"][len(scores["seen"])]
            sieved = fourier.filtered(net, fourier.strongest(net))
            scores["seen"].append(net.accuracy(seen, known))
            scores["new"].append(net.accuracy(fresh, asked))
            scores["filtered"].append(sieved.accuracy(fresh, asked))
            scores["scrambled"].append(mixed_up(net, order).accuracy(fresh, asked))
    return scores


def sentence(scores: dict[str, list[float]], at: int, run: int, data: dict[str, Any]) -> str:
    seen, new, filtered, scrambled = (f"{scores[mark][at]:.0%}" for mark in MARKS)
    steps = data["checkpoints"]
    return (
        f"Run {run}, step {steps[at]:,} of {steps[-1]:,}: {seen} of seen pairs, {new} of new ones; "
        f"filtered {filtered}, scrambled {scrambled}."
    )


# The pure rules.

RULES = """([data, seed, decay, steps]) => {
  const { random, normal } = chance(seed), piece = emTwins.grokking;
  const { net, seen, fresh } = piece.begin(data, random, normal);
  const inOrder = Array.from({ length: data.hours }, (_, n) => n);
  const order = piece.shuffled(data.hours, random);
  const start = { weights: [...net.weights], seen, fresh };
  const gradient = [...piece.gradient(net, seen)];
  const train = piece.trainer(net, seen, { ...data, decay });
  for (let step = 0; step < steps; step++) train();
  const nets = { raw: net, filtered: piece.filtered(net, inOrder),
                 scrambled: piece.filtered(net, order) };
  const weights = {}, scores = {};
  for (const [name, each] of Object.entries(nets)) {
    weights[name] = [...each.weights];
    scores[name] = [piece.accuracy(each, seen), piece.accuracy(each, fresh)];
  }
  return { start, order, gradient, weights, scores };
}"""


@pytest.mark.parametrize("decay", [1.0, 0.0])
@pytest.mark.parametrize("data", [numbers.own_data(), SMALL], ids=["own", "small"])
def test_rules_are_those_of_the_python_module(
    script_page: Page, data: dict[str, Any], decay: float
) -> None:
    steps, hours = 50, data["hours"]
    found = script_page.evaluate(RULES, [data, 4, decay, steps])
    start, weights = found["start"], found["weights"]
    net = as_net(start["weights"], hours, data["units"])
    seen, known = questions(start["seen"], hours)
    targets = one_hot(known[None], hours, np.float64)[0]

    slopes = np.split(net.gradient(seen, targets, "cross-entropy"), [net.first.size])
    mine = rows(slopes[0].reshape(net.first.shape), slopes[1].reshape(net.last.shape))
    assert gap(found["gradient"], mine) < 1e-10
    settings = replace(config(data, decay), checkpoints=(0, steps))
    for _ in grokking.training(net, seen, targets, settings):
        pass
    assert gap(weights["raw"], rows(net.first, net.last)) < 1e-10

    nets = {
        "raw": net,
        "filtered": fourier.filtered(net, fourier.strongest(net)),
        "scrambled": mixed_up(net, found["order"]),
    }
    for name, each in nets.items():
        assert gap(weights[name], rows(each.first, each.last)) < 1e-10, name
        for part, score in zip(("seen", "fresh"), found["scores"][name], strict=True):
            assert score == each.accuracy(*questions(start[part], hours)), (name, part)


def test_decay_makes_a_difference_to_the_weights(script_page: Page) -> None:
    on, off = (script_page.evaluate(RULES, [SMALL, 4, decay, 50]) for decay in (1.0, 0.0))
    assert gap(on["weights"]["raw"], off["weights"]["raw"]) > 0.1


# How a run begins.


@pytest.mark.parametrize("data", [numbers.own_data(), SMALL], ids=["own", "small"])
def test_a_run_begins_with_the_whole_table_in_two_parts(
    script_page: Page, data: dict[str, Any]
) -> None:
    start, hours = begun(script_page, data, 8), data["hours"]
    both = start["seen"] + start["fresh"]
    assert sorted(both) == [[a, b, (a + b) % hours] for a in range(hours) for b in range(hours)]
    assert len(start["seen"]) == round(data["share"] * hours**2)
    other = begun(script_page, data, 9)
    assert other["seen"] != start["seen"]
    assert other["weights"] != start["weights"]
    assert begun(script_page, data, 8) == start


def test_every_pair_is_seen_as_often_as_any_other(script_page: Page) -> None:
    data, runs = {"hours": 7, "units": 2, "share": 0.4}, 600
    often = np.zeros((7, 7))
    for a, b, _ in script_page.evaluate(
        """([data, runs]) => {
          const { random, normal } = chance(1);
          return Array.from({ length: runs }, () =>
            emTwins.grokking.begin(data, random, normal).seen).flat();
        }""",
        [data, runs],
    ):
        often[a, b] += 1
    share = 20 / 49
    assert often.mean() == pytest.approx(share * runs)
    # 49 pairs, each five standard deviations.
    assert np.abs(often - share * runs).max() < 5 * np.sqrt(runs * share * (1 - share))


def test_every_order_is_as_likely_as_any_other(script_page: Page) -> None:
    orders = script_page.evaluate(
        """() => {
          const { random } = chance(2);
          return Array.from({ length: 4800 }, () => emTwins.grokking.shuffled(4, random).join(""));
        }"""
    )
    found, often = np.unique(orders, return_counts=True)
    assert len(found) == 24
    assert np.abs(often - 200).max() < 5 * np.sqrt(200)


def test_weights_begin_normal_at_the_scales_of_the_python_net(script_page: Page) -> None:
    # Chance that counts: each normal number is used once, in its turn, at its layer's scale.
    weights = script_page.evaluate(
        """(data) => {
          let count = 0;
          const { net } = emTwins.grokking.begin(data, () => 0, () => ++count);
          return [...net.weights];
        }""",
        SMALL,
    )
    hours, units = 13, 18
    scales = np.repeat([0.5 / (2 * hours) ** 0.25, units**-0.5], [2 * hours * units, hours * units])
    expected_ = scales * np.arange(1, scales.size + 1)
    assert weights == pytest.approx([*expected_, *np.zeros(units)])
    # The scales are Python's: its own weights, divided by them, have a spread of one.
    net = Net(43, 64, np.random.default_rng(0))
    assert net.first.std() / (0.5 / 86**0.25) == pytest.approx(1, abs=0.05)
    assert net.last.std() * 64**0.5 == pytest.approx(1, abs=0.05)


# The piece as shown.


def test_piece_says_what_it_reads_and_draws(script_page: Page) -> None:
    piece = script_page.evaluate(
        "() => (({ controls, marks, data, pace }) => [controls, marks, data, pace])"
        "(emTwins.grokking)"
    )
    assert piece == [["decay"], list(MARKS), list(numbers.own_data()), 0]


def test_script_is_small() -> None:
    assert len(gzip.compress(asset("twin-grokking.js").encode(), 6)) < 5000


@pytest.mark.parametrize("on", [True, False], ids=["decay", "no-decay"])
def test_every_mark_and_word_is_what_python_makes_of_the_same_start(
    script_page: Page, on: bool
) -> None:
    start = begun(script_page, SMALL, 3)
    mine = expected(start, SMALL, SMALL["decay"] if on else 0.0)
    other = expected(start, SMALL, 0.0 if on else SMALL["decay"])
    # A start that tells settings and marks apart.
    assert mine != other
    assert len({tuple(scores) for scores in mine.values()}) == len(MARKS)

    asked = {"settings": {"decay": on}, "data": SMALL, "run": 7, "seed": 3, "every": True}
    found = script_page.evaluate("played", asked)
    assert found["drawn"] == {mark: [SMALL["checkpoints"], mine[mark]] for mark in MARKS}
    # Whenever it is drawn, the words are of the last whole examination, and so are the lines.
    moments = len(SMALL["checkpoints"])
    told = list(dict.fromkeys(found["said"]))
    assert told == [sentence(mine, at, 7, SMALL) for at in range(moments)]
    for said, lengths in zip(found["said"], found["lengths"], strict=True):
        assert lengths == [[told.index(said) + 1] * 2] * len(MARKS)
    # A call is one step or one examination; it says when it is over, and stays so.
    assert found["calls"] == SMALL["checkpoints"][-1] + len(MARKS) * (moments - 1)
    assert not found["early"]
    assert found["after"] is False
    # A new setting begins anew.
    assert found["strides"] is False


def test_thousands_have_a_comma(script_page: Page) -> None:
    data = SMALL | {"hours": 5, "units": 2, "checkpoints": [0, 1000, 1200]}
    asked = {"settings": {"decay": True}, "data": data, "run": 2, "seed": 1, "every": True}
    said = script_page.evaluate("played", asked)["said"]
    assert said[0].startswith("Run 2, step 0 of 1,200: ")
    assert any(each.startswith("Run 2, step 1,000 of 1,200: ") for each in said)


# What the chapter says of the runs that readers start.


# Examined less often than on the page, which changes nothing about the training.
SELDOM = [0, 100, 250, 500, 750, 1000, 1200]


def played(page: Page, run: int, on: bool) -> dict[str, Any]:
    data = numbers.own_data() | {"checkpoints": SELDOM}
    asked = {"settings": {"decay": on}, "data": data, "run": run, "seed": run, "every": False}
    scores: dict[str, Any] = page.evaluate("played", asked)["drawn"]
    return {mark: np.array(ys) for mark, (_, ys) in scores.items()}


@pytest.mark.slow
@pytest.mark.parametrize("run", [1, 2, 3])
def test_with_decay_it_groks(script_page: Page, run: int) -> None:
    scores = played(script_page, run, on=True)
    memorised = SELDOM.index(100)
    assert scores["seen"][memorised] > 0.99
    assert scores["new"][memorised] < 0.1 < 0.5 < scores["filtered"][memorised]
    assert scores["new"][-1] > 0.95
    assert scores["filtered"][-1] > 0.95
    assert scores["scrambled"].max() < 0.12


@pytest.mark.slow
@pytest.mark.parametrize("run", [1, 2, 3])
def test_without_decay_it_does_not_and_the_filtered_score_is_high_all_the_same(
    script_page: Page, run: int
) -> None:
    scores = played(script_page, run, on=False)
    assert scores["seen"][-1] == 1
    assert scores["new"].max() < 0.1
    assert scores["filtered"][-1] > 0.6
    assert scores["scrambled"].max() < 0.12
