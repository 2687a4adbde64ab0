"""Birds in the browser against the birds of Python; what the figure draws and says."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from emergence_lib.experiments import flocking
from tests.twins.stage import Pieces, Shown

Floats = NDArray[np.float64]
CALLS = 4  # of advance in a step
STEPS = 60
DATA = {"density": 3.0, "speed": 0.2, "steps": STEPS}  # not those of the module
FLY = """({x, y, angles, side, noise, speed, numbers, steps}) => {
  const flock = emTwins.flocking.scatter(x.length, x.length / side ** 2, () => 0);
  flock.x.set(x);
  flock.y.set(y);
  flock.east.set(angles.map(Math.cos));
  flock.north.set(angles.map(Math.sin));
  const luck = chance(numbers, 1);
  return Array.from({length: steps}, () => {
    emTwins.flocking.step(flock, noise, speed, luck.random);
    const { x, y, east, north } = flock;
    return [[x, y, east, north].map((each) => [...each]), emTwins.flocking.order(flock)];
  });
}"""


def next_step(
    places: Floats, headings: Floats, side: float, noise: float, speed: float, luck: Floats
) -> tuple[Floats, Floats]:
    """Repeat the body of `flocking.fly` for one flock, with chance given."""
    sums = flocking.neighbour_sums(places[None], headings[None], side)[0]
    headings = np.exp(1j * (np.angle(sums) + noise * (luck - 0.5)))
    places = places + speed * np.stack([headings.real, headings.imag], axis=-1)
    return places % side % side, headings


def apart(one: Floats, other: Floats, side: float) -> float:
    """Return the largest difference of places in a sky whose edges meet."""
    gap = np.abs(one - other)
    return float(np.minimum(gap, side - gap).max())


@pytest.mark.parametrize(
    ("birds", "side", "noise", "steps"),
    [
        *[(birds, np.sqrt(birds / 2), 0.0, 400) for birds in (30, 100, 300)],
        # Noise soon makes much of the last digit.
        *[(10, 2.2, 3.0, 20), (100, 7.0, 1.0, 20), (60, 2.5, 6.0, 20)],
    ],
)
def test_birds_fly_as_those_of_python(
    pieces: Pieces, birds: int, side: float, noise: float, steps: int
) -> None:
    rng = np.random.default_rng([1, birds])
    places, angles = rng.random((birds, 2)) * side, 2 * np.pi * rng.random(birds)
    luck, headings = rng.random((steps, birds)), np.exp(1j * angles)
    flown = pieces.evaluate(
        FLY,
        {
            **{"x": places[:, 0].tolist(), "y": places[:, 1].tolist(), "angles": angles.tolist()},
            **{"side": side, "noise": noise, "speed": 0.3, "steps": steps},
            "numbers": luck.ravel().tolist(),
        },
    )
    for (state, order), chance in zip(flown, luck, strict=True):
        places, headings = next_step(places, headings, side, noise, 0.3, chance)
        x, y, east, north = np.array(state)
        assert apart(np.stack([x, y], axis=-1), places, side) < 1e-9
        assert np.abs(east + 1j * north - headings).max() < 1e-9
        assert order == pytest.approx(abs(headings.mean()), abs=1e-9)


def birds_of(shown: Shown) -> tuple[Floats, Floats]:
    """Read heads and headings off the drawn birds: wing, head, wing, gap."""
    corners = shown.marks["birds"].T.reshape(-1, 4, 2)
    assert np.isnan(corners[:, 3]).all()
    one, head, other = corners[:, 0], corners[:, 1], corners[:, 2]
    length = head - (one + other) / 2
    assert np.hypot(*length.T) == pytest.approx(np.hypot(*length[0]))
    wings = one - other
    # The wings are alike, go back from the head, and are seen: some pixels of a board.
    assert (length * wings).sum(axis=1) == pytest.approx(np.zeros(len(wings)), abs=1e-12)
    assert 0.02 < np.hypot(*length[0]) < 0.05
    assert 0.01 < np.hypot(*wings[0]) < np.hypot(*length[0])
    assert head.min() >= 0
    assert head.max() < 1
    return head, (length[:, 0] + 1j * length[:, 1]) / np.hypot(*length.T)


def test_drawn_birds_fly_as_those_of_python_through_a_change_of_noise(pieces: Pieces) -> None:
    birds = 45
    side = np.sqrt(birds / DATA["density"])
    luck = np.random.default_rng(2).random(birds * (3 + STEPS))
    shown = pieces.drive(
        "flocking",
        *[CALLS] * 30,
        {"noise": 0.4},
        *[CALLS] * 30,
        settings={"noise": 2.5, "birds": birds},
        data=DATA,
        numbers=luck,
    )
    heads, headings = birds_of(shown[0])
    assert len(heads) == birds
    places, orders = heads * side, [abs(headings.mean())]
    errors = luck[3 * birds :].reshape(-1, birds)
    for step, error in enumerate(errors):
        after = shown[step + 1 if step < 30 else step + 2]
        noise = 2.5 if step < 30 else 0.4
        places, headings = next_step(places, headings, side, noise, DATA["speed"], error)
        orders.append(abs(headings.mean()))
        heads, drawn = birds_of(after)
        assert apart(heads * side, places, side) < 1e-9
        assert np.abs(drawn - headings).max() < 1e-9
        times, line = after.marks["order"][:, 1:]  # the first point stands twice
        assert times.tolist() == list(range(step + 2))
        assert line == pytest.approx(orders, abs=1e-9)
        assert after.answer is (step < 59)
    # The change took no step and started nothing anew.
    before, changed = shown[30:32]
    assert changed.answer is True
    assert changed.said == before.said
    assert np.array_equal(changed.marks["order"], before.marks["order"])
    assert np.array_equal(changed.marks["birds"], before.marks["birds"], equal_nan=True)


def test_birds_glide_from_step_to_step(pieces: Pieces) -> None:
    shown = pieces.drive(
        "flocking", *[1] * (2 * CALLS), settings={"noise": 1.0, "birds": 40}, data=DATA
    )
    side = np.sqrt(40 / DATA["density"])
    for before, after in pairwise(shown):
        (was, _), (now, heading) = birds_of(before), birds_of(after)
        moved = was + DATA["speed"] / CALLS / side * np.stack([heading.real, heading.imag], axis=-1)
        assert apart(now, moved % 1, 1) < 1e-9
    assert [len(each.marks["order"][0]) for each in shown] == [2, *[3] * CALLS, *[4] * CALLS]


def test_a_flight_starts_scattered(pieces: Pieces) -> None:
    starts = [
        pieces.drive("flocking", settings={"noise": 0.0, "birds": 200}, data=DATA, seed=seed)[0]
        for seed in range(20)
    ]
    heads, headings = (np.array(each) for each in zip(*map(birds_of, starts), strict=True))
    angles = np.angle(headings) / 2 / np.pi + 0.5
    for values in (heads[..., 0], heads[..., 1], angles):
        assert stats.kstest(values.ravel(), "uniform").pvalue > 1e-3
    # Nor does the place of a bird tell its heading, or its place in the other direction.
    for values in (heads[..., 1], angles):
        assert abs(np.corrcoef(heads[..., 0].ravel(), values.ravel())[0, 1]) < 0.06
    orders = [start.marks["order"][1, 0] for start in starts]
    assert orders == pytest.approx(np.abs(headings.mean(axis=1)))
    error = np.std(orders) / np.sqrt(len(orders))
    assert abs(np.mean(orders) - flocking.floor(200)) < 4 * error
    assert all(start.marks["order"].shape == (2, 2) for start in starts)


def test_a_flight_ends_after_its_steps(pieces: Pieces) -> None:
    shown = pieces.drive(
        "flocking", "end", 8, {"noise": 2.0}, settings={"noise": 1.0, "birds": 10}, data=DATA
    )
    assert shown[1].marks["order"][0, -1] == STEPS
    assert shown[1].used == 10 * (3 + STEPS)
    # It stays as it is; another noise needs another flight.
    assert shown[2].answer is False
    assert shown[2].used == shown[1].used
    assert shown[2].said == shown[1].said
    assert np.array_equal(shown[2].marks["birds"], shown[1].marks["birds"], equal_nan=True)
    assert shown[3].answer is False


def test_more_birds_are_another_flight(pieces: Pieces) -> None:
    settings = {"noise": 1.0, "birds": 10}
    assert pieces.drive("flocking", 8, {"birds": 20}, settings=settings, data=DATA)[2].answer is (
        False
    )
    # One that took the noise must not have taken both.
    both = pieces.drive("flocking", {"noise": 2.0, "birds": 20}, settings=settings, data=DATA)
    assert both[1].answer is False


@pytest.mark.parametrize(("birds", "run"), [(10, 1), (100, 3)])
def test_the_words_say_run_step_and_order(pieces: Pieces, birds: int, run: int) -> None:
    shown = pieces.drive(
        "flocking",
        *(CALLS * 12, CALLS * 1188),
        settings={"noise": 1.5, "birds": birds},
        data={**DATA, "steps": 5000},
        run=run,
    )
    for step, each in zip(("0", "12", "1,200"), shown, strict=True):
        order, floor = (
            f"{value:.2f}" for value in (abs(birds_of(each)[1].mean()), flocking.floor(birds))
        )
        assert each.said == (
            f"Run {run}, step {step}: order {order} (random headings give about {floor})."
        )


def test_one_way_is_order_one(pieces: Pieces) -> None:
    shown = pieces.drive(
        "flocking",
        CALLS * 100,
        settings={"noise": 0.0, "birds": 10},
        data={"density": 2.5, "speed": 0.1, "steps": 200},
    )
    assert shown[1].said.startswith("Run 1, step 100: order 1.00 (")


def test_it_reads_and_draws_what_it_declares(pieces: Pieces) -> None:
    declared = pieces.declared("flocking")
    assert declared == {
        "controls": ["noise", "birds"],
        "marks": ["birds", "order"],
        "data": ["density", "speed", "steps"],
    }
    shown = pieces.drive("flocking", 4, settings={"noise": 1.0, "birds": 10}, data=DATA)[1]
    assert shown.read == {
        *("settings.noise", "settings.birds", "data.density", "data.speed", "data.steps")
    }
    # What a page does not offer as a control it sets in data.
    one, other = (
        pieces.drive("flocking", 40, settings=offered, data={**DATA, **fixed})[1]
        for offered, fixed in (
            ({"noise": 2.0, "birds": 12}, {}),
            ({}, {"noise": 2.0, "birds": 12}),
        )
    )
    assert one.said == other.said
    assert sorted(one.drawn) == ["birds", "order"]


def test_order_with_noise_is_as_high_as_in_python(pieces: Pieces) -> None:
    noises, flights, birds, steps = (1.5, 3.0, 4.0, 5.5), 14, 60, 200
    config = flocking.Config(birds=(birds,), noises=noises, steps=steps)
    theirs = np.array(
        [
            flocking.fly(birds, config, np.random.default_rng([3, flight]))[steps // 2 :].mean(0)
            for flight in range(flights)
        ]
    )
    data = {"density": config.density, "speed": config.speed, "steps": steps}
    ours = np.array(
        [
            [
                pieces.drive(
                    "flocking",
                    "end",
                    settings={"noise": noise, "birds": birds},
                    data=data,
                    seed=100 * flight + at,
                )[1]
                .marks["order"][1, -steps // 2 :]
                .mean()
                for at, noise in enumerate(noises)
            ]
            for flight in range(flights)
        ]
    )
    errors = np.hypot(*(stats.sem(each, axis=0) for each in (ours, theirs)))
    assert np.abs((ours.mean(axis=0) - theirs.mean(axis=0)) / errors).max() < 4
    # The noises differ by more than the luck that the test allows.
    assert np.all(np.diff(-theirs.mean(axis=0)) > 4 * errors[1:])
