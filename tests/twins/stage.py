"""A stage on which a test plays a twin's piece, as the harness does, and notes what it shows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page

from emergence_lib.reader.output import asset

PIECES = ("flocking", "percolation", "naming")

STAGE = """
// Numbers from a list, which must last; or else a plain generator of our own.
window.chance = (numbers, seed) => {
  const source = { used: 0 };
  let state = 12345 + 7919 * seed;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state;
  };
  for (let i = 0; i < 20; i++) next();
  source.random = () => {
    source.used += 1;
    if (!numbers) return (Math.floor(next() / 64) * 2 ** 26 + Math.floor(next() / 64)) / 2 ** 52;
    if (source.used > numbers.length) throw new Error("the piece draws more numbers than given");
    return numbers[source.used - 1];
  };
  return source;
};
// An object that notes which keys are read.
const noted = (kind, values, read) =>
  new Proxy(values, { get: (from, key) => (read.add(`${kind}.${key}`), from[key]) });

window.drive = (name, { settings, data, numbers, seed, run, actions }) => {
  const piece = emTwins[name];
  const luck = chance(numbers, seed);
  const shown = {};
  const read = new Set();
  let set;
  const put = (mark, what) => {
    if (!piece.marks.includes(mark)) throw new Error(`undeclared mark ${mark}`);
    shown[mark] = what;
    set.push(mark);
  };
  const live = { ...data, ...settings }; // as the harness: what is no control is set in the data
  const stage = {
    settings: noted("settings", live, read),
    data: noted("data", data, read),
    random: luck.random,
    normal() {
      throw new Error("no piece here draws normal numbers");
    },
    run,
    line: (mark, xs, ys) => put(mark, [[...xs], [...ys]]),
    boxes: (mark, corners) => put(mark, [...corners]),
  };
  const playing = piece.setup(stage);
  const picture = (answer) => {
    set = [];
    const said = playing.draw();
    return { said, answer, set, marks: structuredClone(shown), used: luck.used, read: [...read] };
  };
  const pictures = [picture(null)];
  for (const action of actions) {
    let answer = null;
    if (action === "end") {
      for (let left = 1e6; playing.advance() !== false; left--) {
        if (!left) throw new Error("no end");
      }
    } else if (typeof action === "number") {
      for (let i = 0; i < action; i++) answer = playing.advance() !== false;
    } else {
      Object.assign(live, action);
      answer = Object.keys(action).every((key) => playing.change?.(key) === true);
    }
    pictures.push(picture(answer));
  }
  return pictures;
};
"""

Settings = Mapping[str, float]
Action = int | str | Settings


@dataclass(frozen=True)
class Shown:
    """What there is to see after an action.

    Attributes
    ----------
    said : str
        The read-out.
    answer : bool or None
        Whether there is more to come (of a number of calls), or whether the piece took the change.
    marks : dict
        What every mark shows by now.
    drawn : list of str
        Marks that this drawing set.
    used : int
        Random numbers drawn so far.
    read : set of str
        Settings and data that the piece has asked for, with their kind: "data.speed".
    """

    said: str
    answer: bool | None
    marks: dict[str, NDArray[np.float64]]
    drawn: list[str]
    used: int
    read: set[str]


class Pieces:
    """The pieces on an empty page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        for name in PIECES:
            page.add_script_tag(content=asset(f"twin-{name}.js"))
        page.add_script_tag(content=STAGE)

    def evaluate(self, function: str, argument: Any = None) -> Any:
        """Call a function of the page; as text, many numbers travel much faster."""
        text = json.dumps(argument)
        return json.loads(
            self.page.evaluate(f"text => JSON.stringify(({function})(JSON.parse(text)))", text)
        )

    def drive(
        self,
        name: str,
        *actions: Action,
        settings: Settings,
        data: Settings,
        numbers: Sequence[float] | NDArray[np.float64] | None = None,
        seed: int = 1,
        run: int = 1,
    ) -> list[Shown]:
        """Set a piece up and let things happen; return what is shown at first and after each.

        Parameters
        ----------
        name : str
        *actions : int, "end" or dict
            So many calls of ``advance``, or as many as it takes, or new settings.
        settings, data : dict
        numbers : sequence of float, optional
            What ``random`` returns; without them it is a generator with this seed.
        seed, run : int
        """
        options = {
            **{"settings": dict(settings), "data": dict(data), "seed": seed, "run": run},
            "numbers": None if numbers is None else np.asarray(numbers).tolist(),
            "actions": [each if isinstance(each, int | str) else dict(each) for each in actions],
        }
        return [
            Shown(
                each["said"],
                each["answer"],
                {
                    mark: np.array(what, float)  # no number is null, and becomes NaN
                    for mark, what in each["marks"].items()
                },
                each["set"],
                each["used"],
                set(each["read"]),
            )
            for each in self.evaluate("([name, how]) => drive(name, how)", [name, options])
        ]

    def declared(self, name: str) -> dict[str, list[str]]:
        """Return the lists that the piece declares."""
        return self.evaluate(
            "name => (({controls, marks, data}) => ({controls, marks, data}))(emTwins[name])", name
        )
