"""Twins: what a piece and a chapter must agree on, and what a reader can do with one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from playwright.sync_api import Browser, BrowserContext, Page

from emergence_lib import theme
from emergence_lib.reader import Slider, Switch, output, twin
from emergence_lib.reader.twin import Twin
from tests.browsers import GROUND, chromium

PIECE = """
(() => {
  "use strict";
  (window.emTwins ??= {}).walk = {
    controls: ["drift", "mirror", "start"],
    marks: ["path", "box"],
    data: ["steps"],
    pace: 2,
    setup({ settings, data, line, boxes, random, normal, run }) {
      window.setups = (window.setups ?? 0) + 1;
      const xs = [1];
      const ys = [settings.start];
      return {
        advance() {
          if (settings.drift === 0.75) throw new Error("made to fail");
          xs.push(xs.length + 1);
          ys.push(settings.drift * (random() + 0 * normal()));
          return xs.length < data.steps;
        },
        draw() {
          line("path", [...xs, NaN, 1, 2], [...ys, NaN, 0, settings.mirror ? 1 : 0.5]);
          boxes("box", [0.25, 0.5, 0.75, 1]);
          return `Run ${run}, drift ${settings.drift}, step ${xs.length}: ${ys.at(-1).toFixed(3)}.`;
        },
        change: (key) => key === "drift",
      };
    },
  };
})();
"""
DRIFT = Slider("drift", [0.25, np.float64(0.5), 0.75])
WORDS: Any = {"name": "walk", "alt": "A line wanders.", "caption": "A walk goes astray."}
Scene = tuple[list[Figure], Callable[..., str]]


@theme.figure
def scene() -> Scene:
    board, square = theme.board()
    area = PathPatch(Outline([(0, 0), (1, 0), (1, 1), (0, 0)], closed=True), color=theme.TEAL)
    theme.moved(square.add_patch(area), "box")
    chart = Figure(figsize=theme.PANEL)
    ax = chart.subplots()
    ax.set(xlim=(1, 100), ylim=(0, 1), xscale="log", xlabel="steps", ylabel="place")
    (line,) = ax.plot([1, 10], [0.5, 0.25], color=theme.BLUE, label="walk")
    theme.moved(line, "path")

    def update(drift: float, mirror: bool) -> str:
        line.set_ydata([0.5, drift])
        return f"The still, at drift {drift}."

    return [board, chart], update


@pytest.fixture(autouse=True)
def assets(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Let there be one more piece than the book has."""
    pieces = {"twin-walk.js": PIECE}
    real = output.asset

    def asset(name: str) -> str:
        return pieces[name] if name in pieces else real(name)

    monkeypatch.setenv("EMERGENCE_STATIC", "1")
    monkeypatch.setattr(output, "asset", asset)
    # The function of that name hides its module in the package.
    monkeypatch.setattr(import_module("emergence_lib.reader.twin"), "asset", asset)
    return pieces


def made(**changed: Any) -> Twin:
    options: dict[str, Any] = {
        **{"piece": "walk", "data": {"steps": 60, "start": 0.5}},
        **{"drift": DRIFT, "mirror": Switch("mirror")},
        **WORDS,
        **changed,
    }
    return twin(
        options.pop("scene", scene()), **{k: v for k, v in options.items() if v is not None}
    )


def carried(shown: Twin) -> dict[str, Any]:
    found = re.search(r'<script type="application/json">(.*?)</script>', shown.html, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


# ---------------------------------------------------------------- what a page carries


def test_page_carries_settings_data_and_axes_as_the_script_reads_them() -> None:
    data = carried(made())
    assert data["piece"] == "walk"
    assert data["controls"][0]["settings"] == [0.25, 0.5, 0.75]
    assert data["controls"][1] == {
        **{"key": "mirror", "values": ["off", "on"], "texts": ["off", "on"]},
        "settings": [False, True],
    }
    assert data["data"] == {"steps": 60, "start": 0.5}
    assert data["marks"] == {
        "box": {"x": [0, 1, False], "y": [0, 1, False]},
        "path": {"x": [1, 100, True], "y": [0, 1, False]},
    }


def test_still_has_a_path_for_every_mark_and_the_read_out_of_python() -> None:
    html = made().html
    assert sorted(re.findall(r'data-em-mark="(\w+)"', html)) == ["box", "path"]
    assert "The still, at drift 0.25." in html


def test_buttons_are_there_for_a_process_alone(assets: dict[str, str]) -> None:
    assert made().html.count("em-again") == 1
    assets["twin-walk.js"] = PIECE.replace("    pace: 2,\n", "")
    assert "em-again" not in made().html


def test_changed_script_has_another_address(assets: dict[str, str]) -> None:
    before = carried(made())["version"]
    assets["twin-walk.js"] = PIECE.replace("random()", "1 - random()")
    assert carried(made())["version"] != before


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"piece": "wolk"}, "piece is 'wolk'; wanted one of"),
        ({"drift": None}, "lacks the control 'drift'.*Slider.*or set it in data"),
        ({"speed": DRIFT}, "has the control 'speed'.*does not declare; wanted drift, mirror"),
        ({"data": {"steps": 60}}, "lacks the control 'start'|lacks the data 'start'"),
        ({"data": {"start": 0.5}}, "lacks the data 'steps'.*add it to data"),
        (
            {"data": {"steps": 60, "start": 1, "stepz": 1}},
            "has the data 'stepz'.*wanted start, steps",
        ),
        ({"data": {"steps": 60, "start": float("nan")}}, "data 'start': found nan"),
        (
            {"data": {"steps": np.int64(60), "start": 1}},
            r"data 'steps': found.*hand on .tolist\(\)",
        ),
        ({"data": {"steps": [1, np.ones(2)], "start": 1}}, r"data 'steps'.*hand on .tolist\(\)"),
        ({"data": {"steps": None, "start": 1}}, "wanted numbers, words or lists"),
        ({"scene": scene()[0]}, "scene is a list; wanted the pair"),
        ({"drift": 3}, "control 'drift' is a int"),
        ({"drift": None, "mirror": None}, "has no controls"),
    ],
)
def test_disagreement_is_refused_with_its_names_and_a_remedy(
    changed: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        made(**changed)


@pytest.mark.parametrize("kind", ["controls", "marks", "data"])
def test_piece_that_declares_too_little_is_refused(assets: dict[str, str], kind: str) -> None:
    assets["twin-walk.js"] = PIECE.replace(f"    {kind}: [", f"    {kind}s: [")
    with pytest.raises(ValueError, match=f"twin-walk.js declares no {kind}"):
        made()


def test_unknown_missing_and_empty_marks_are_refused() -> None:
    figures, update = scene()
    theme.moved(figures[1].axes[0].lines[0], "trail")
    with pytest.raises(ValueError, match=r"has the mark 'trail'.*wanted box, path"):
        made(scene=(figures, update))
    figures, update = scene()
    figures[0].axes[0].patches[0].set_gid(None)
    with pytest.raises(ValueError, match=r"lacks the mark 'box'.*theme\.moved"):
        made(scene=(figures, update))
    figures, _ = scene()
    figures[1].axes[0].lines[0].set_data([], [])
    with pytest.raises(ValueError, match="still draws nothing for the mark 'path'"):
        _ = made(scene=(figures, lambda drift, mirror: "Said.")).html


def test_axis_that_a_script_does_not_know_is_refused() -> None:
    figures, update = scene()
    figures[1].axes[0].set_xscale("symlog")
    with pytest.raises(ValueError, match="x axis is 'symlog'; wanted 'linear' or 'log'"):
        _ = made(scene=(figures, update)).html


def test_only_single_paths_can_be_moved() -> None:
    ax = Figure().subplots()
    with pytest.raises(ValueError, match="line with markers"):
        theme.moved(ax.plot([1], "o")[0], "dots")
    with pytest.raises(ValueError, match="wanted one word in lower-case letters"):
        theme.moved(ax.plot([1])[0], "two words")
    with pytest.raises(ValueError, match="artist is a PathCollection"):
        theme.moved(ax.scatter([1], [1]), "dots")


def test_saved_notebook_carries_the_piece_before_the_harness() -> None:
    scripts = made().carried()
    assert scripts.index("emTwins ??= {}).walk") < scripts.index("function whenLoaded")
    assert scripts.index("window.emControls = ") < scripts.index("function whenLoaded")


# ---------------------------------------------------------------- in a browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def opened(
    browser: Browser, folder: Path, *shown: Twin, piece: str | None = PIECE, **options: Any
) -> Page:
    """Write a page and its scripts into a folder as the site has them, and open the page."""
    for name in ("controls.js", "explorable.js", "twin.js"):
        (folder / name).write_text(output.asset(name), encoding="utf-8")
    if piece is not None:
        (folder / "twin-walk.js").write_text(piece, encoding="utf-8")
    styles = "".join(output.asset(f"{name}.css") for name in ("figure", "explorable", "twin"))
    (folder / "page.html").write_text(
        f"<!doctype html><title>t</title><style>{theme.css_variables()}{GROUND}{styles}</style>"
        f"<main>{''.join(each.html for each in shown)}<p style='height:5000px'></p></main>"
        '<script defer src="controls.js"></script><script defer src="explorable.js"></script>'
        '<script defer src="twin.js"></script>',
        encoding="utf-8",
    )
    context: BrowserContext = browser.new_context(**options)
    page = context.new_page()
    page.goto((folder / "page.html").as_uri())
    return page


def said(page: Page) -> str:
    return page.inner_text(".em-readout span")


def paths(page: Page) -> dict[str, str]:
    found: dict[str, str] = page.evaluate(
        "() => Object.fromEntries([...document.querySelectorAll('[data-em-mark]')]"
        ".map(path => [path.dataset.emMark, path.getAttribute('d')]))"
    )
    return found


def loaded(page: Page) -> bool:
    return bool(page.evaluate("() => Boolean(window.emTwins?.walk)"))


def wait_for(page: Page, sentence: str) -> None:
    page.wait_for_function(
        "s => RegExp(s).test(document.querySelector('.em-readout span').textContent)", arg=sentence
    )


def test_page_opens_with_the_still_and_without_the_piece(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, tmp_path, made())
    still = paths(page)
    assert said(page) == "The still, at drift 0.25."
    assert not loaded(page)
    page.mouse.wheel(0, 5)
    page.wait_for_function("() => window.emTwins?.walk")
    assert page.evaluate("() => window.setups") is None
    assert paths(page) == still


def test_run_draws_its_marks_on_the_axes_that_python_drew(browser: Browser, tmp_path: Path) -> None:
    """Halfway up a logarithmic axis from 1 to 100 is 10; a board's square is its own."""
    page = opened(browser, tmp_path, made())
    page.click(".em-play")
    wait_for(page, "step 60:")
    drawn = paths(page)
    assert drawn["box"] == "M500 1000H1500V0H500Z"
    points = re.findall(r"([ML])(\d+) (\d+)", drawn["path"])
    assert points[0] == ("M", "0", "1000")  # step 1, place .5
    assert points[9][:2] == ("L", "1000")  # step 10
    assert points[60] == ("M", "0", "2000")  # a new piece after NaN
    assert points[61] == ("L", "301", "1000")  # log10(2) / 2, and no mirror
    heights = [1 - int(y) / 2000 for _, _, y in points[1:60]]
    assert 0 <= min(heights) < 0.05 < 0.2 < max(heights) <= 0.25  # uniform up to the drift


def test_run_is_the_same_on_every_visit_and_another_the_next_time(
    browser: Browser, tmp_path: Path
) -> None:
    ends = []
    for _ in range(2):
        page = opened(browser, tmp_path, made())
        page.click(".em-play")
        wait_for(page, "^Run 1.*step 60:")
        ends.append(said(page))
    assert ends[0] == ends[1]
    page.click(".em-play")
    wait_for(page, "^Run 2.*step 60:")
    assert said(page).replace("Run 2", "Run 1") != ends[0]


def test_pause_stops_and_play_goes_on(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, tmp_path, made(data={"steps": 100_000, "start": 0.5}))
    page.click(".em-play")
    wait_for(page, "step [1-9]\\d")
    assert page.get_attribute(".em-play", "aria-pressed") == "true"
    page.click(".em-play")
    page.wait_for_timeout(100)
    here = said(page)
    page.wait_for_timeout(200)
    assert said(page) == here
    assert page.get_attribute(".em-play", "aria-pressed") == "false"
    page.wait_for_timeout(500)
    assert page.text_content(".em-live") == here
    page.click(".em-play")
    page.wait_for_function(
        "old => document.querySelector('.em-readout span').textContent !== old", arg=here
    )
    assert said(page).startswith("Run 1")


def test_fast_presses_leave_one_loop(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, tmp_path, made(data={"steps": 100_000, "start": 0.5}))
    page.click(".em-play")
    wait_for(page, "step [1-9]")
    page.evaluate(
        "() => { for (let i = 0; i < 20; i++) document.querySelector('.em-play').click(); }"
    )
    counted = page.evaluate(
        """async () => {
          const readout = document.querySelector(".em-readout");
          const step = () => Number(/step (\\d+)/.exec(readout.textContent)[1]);
          const before = step();
          let frames = 0;
          while (frames < 20) { await new Promise(requestAnimationFrame); frames += 1; }
          return (step() - before) / frames;
        }"""
    )
    assert 0 < counted <= 2.3  # two steps a frame, the pace of the piece


def test_change_in_stride_keeps_the_run_and_another_begins_anew(
    browser: Browser, tmp_path: Path
) -> None:
    page = opened(browser, tmp_path, made())
    page.focus("input[type=range]")
    page.keyboard.press("ArrowRight")
    wait_for(page, "Run 1, drift 0.5, step 1:")
    assert page.evaluate("() => window.setups") == 1
    page.check("input[type=checkbox]", force=True)
    page.wait_for_function("() => window.setups === 2")
    assert paths(page)["path"].endswith("L301 0")


def test_word_in_the_prose_sets_and_plays(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, tmp_path, made())
    page.evaluate("() => document.querySelector('.em-twin').emSet('drift=0.5&mirror=on')")
    wait_for(page, "Run 1, drift 0.5, step 1:")
    page.evaluate("() => document.querySelector('.em-twin').emSet('drift=0.5&mirror=on')")
    page.wait_for_timeout(100)
    assert page.evaluate("() => window.setups") == 1  # what is set already stays
    page.evaluate("() => document.querySelector('.em-twin').emSet('drift=0.25&play=on')")
    wait_for(page, "Run 1, drift 0.25, step 60:")


def test_run_that_ended_goes_on_where_a_change_gives_it_more_to_do(
    browser: Browser, tmp_path: Path
) -> None:
    page = opened(
        browser, tmp_path, made(), piece=PIECE.replace("data.steps", "80 * settings.drift")
    )
    page.click(".em-play")
    wait_for(page, "Run 1, drift 0.25, step 20:")
    page.evaluate("() => document.querySelector('.em-twin').emSet('drift=0.5&play=on')")
    wait_for(page, "Run 1, drift 0.5, step 40:")


def test_start_again_begins_the_next_run(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, tmp_path, made())
    page.click(".em-again")
    wait_for(page, "Run 1, drift 0.25, step 1:")
    page.click(".em-again")
    wait_for(page, "Run 2, drift 0.25, step 1:")


def test_the_run_before_stays_as_a_pale_trace(browser: Browser, tmp_path: Path) -> None:
    piece = PIECE.replace("pace: 2,", 'pace: 2, traces: ["path"],')
    page = opened(browser, tmp_path, made(), piece=piece)
    trace = page.locator("path[opacity]")
    page.click(".em-play")
    wait_for(page, "Run 1, drift 0.25, step 60:")
    assert trace.count() == 0
    for run in (2, 3):
        before = page.locator("[data-em-mark=path]").get_attribute("d")
        page.click(".em-again")
        wait_for(page, f"Run {run}, drift 0.25, step 1:")
        assert trace.count() == 1
        assert trace.get_attribute("d") == before
        page.click(".em-play")
        wait_for(page, f"Run {run}, drift 0.25, step 60:")


def test_script_that_does_not_load_is_said_and_can_be_tried_again(
    browser: Browser, tmp_path: Path
) -> None:
    page = opened(browser, tmp_path, made(), piece=None)
    page.click(".em-play")
    wait_for(page, "did not load")
    assert page.get_attribute(".em-play", "aria-pressed") == "false"
    (tmp_path / "twin-walk.js").write_text(PIECE, encoding="utf-8")
    page.click(".em-play")
    wait_for(page, "step 60:")


def test_script_that_fails_is_said_and_can_start_again(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, tmp_path, made())
    page.evaluate("() => document.querySelector('.em-twin').emSet('drift=0.75&play=on')")
    wait_for(page, "stopped with an error")
    assert page.get_attribute(".em-play", "aria-pressed") == "false"
    page.evaluate("() => document.querySelector('.em-twin').emSet('drift=0.25')")
    page.click(".em-play")
    wait_for(page, "drift 0.25, step 60:")


def test_play_and_pause_before_the_script_is_there_keep_the_still(
    browser: Browser, tmp_path: Path
) -> None:
    page = opened(browser, tmp_path, made())
    still = paths(page)
    page.evaluate(
        "() => { const play = document.querySelector('.em-play'); play.click(); play.click(); }"
    )
    page.wait_for_function("() => window.emTwins?.walk")
    page.wait_for_timeout(100)
    assert paths(page) == still


def test_nothing_runs_out_of_sight(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, tmp_path, made(data={"steps": 100_000, "start": 0.5}))
    page.click(".em-play")
    wait_for(page, "step [1-9]\\d")
    page.evaluate("() => scrollTo(0, 4000)")
    page.wait_for_timeout(300)
    here = page.text_content(".em-readout span")
    page.wait_for_timeout(300)
    assert page.text_content(".em-readout span") == here
    page.evaluate("() => scrollTo(0, 0)")
    page.wait_for_function(
        "old => document.querySelector('.em-readout span').textContent !== old", arg=here
    )


def test_calm_readers_see_a_picture_a_second(browser: Browser, tmp_path: Path) -> None:
    page = opened(
        browser,
        tmp_path,
        made(data={"steps": 100_000, "start": 0.5}),
        reduced_motion="reduce",
    )
    page.click(".em-play")
    pictures = page.evaluate(
        """async () => {
          const seen = new Set();
          const end = performance.now() + 2500;
          while (performance.now() < end) {
            await new Promise(requestAnimationFrame);
            seen.add(document.querySelector(".em-readout span").textContent);
          }
          return seen.size;
        }"""
    )
    assert 2 <= pictures <= 5


def test_one_broken_twin_leaves_the_next_alive(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, tmp_path, made(), made(name="other"))
    html = (tmp_path / "page.html").read_text(encoding="utf-8")
    (tmp_path / "page.html").write_text(html.replace('"controls":', '"kontrols":', 1), "utf-8")
    page.reload()
    page.click("#fig-other .em-play")
    page.wait_for_function(
        "() => document.querySelector('#fig-other .em-readout').textContent.includes('step 60')"
    )


def test_without_scripts_there_is_the_still_and_no_dead_control(
    browser: Browser, tmp_path: Path
) -> None:
    page = opened(browser, tmp_path, made(), java_script_enabled=False)
    assert not page.is_visible(".em-controls")
    assert page.is_visible("noscript p")


def test_luck_is_uniform_and_normal(browser: Browser, tmp_path: Path) -> None:
    """Means, spreads and a chi-squared over ten bins, of the harness's own numbers."""
    piece = PIECE.replace(
        "const xs = [1];",
        "window.luck = [Array.from({ length: 20000 }, random), "
        "Array.from({ length: 20000 }, normal)]; const xs = [1];",
    )
    page = opened(browser, tmp_path, made(), piece=piece)
    page.click(".em-again")
    wait_for(page, "Run 1")
    flat, bell = map(np.array, page.evaluate("() => window.luck"))
    counts = np.histogram(flat, np.linspace(0, 1, 11))[0]
    assert counts.sum() == 20_000
    assert ((counts - 2000) ** 2 / 2000).sum() < 27.9  # chi-squared of 9, P = .001
    assert abs(np.corrcoef(flat[1:], flat[:-1])[0, 1]) < 4 / np.sqrt(20_000)
    assert abs(bell.mean()) < 4 / np.sqrt(20_000)
    assert abs(bell.std() - 1) < 4 / np.sqrt(40_000)
    assert abs(np.mean(np.abs(bell) < 1.96) - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 20_000)
