"""The workbench in the page: its tables, sentences and form against the Python audit."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from emergence_lib import audit, theme
from emergence_lib.audit import Obstacle, Verdict, words
from emergence_lib.audit.phrases import PHRASES, number
from emergence_lib.audit.report import Along, Candidate, Metric, Range, Reading
from emergence_lib.chapters.workbench import numbers as findings
from emergence_lib.reader import workbench
from emergence_lib.reader.output import asset
from tests.audit.curves import logistic
from tests.audit.plain import plain_report
from tests.browsers import GROUND, chromium
from tests.hostile import HOSTILE

KNOWN: dict[str, Any] = json.loads(json.dumps(findings.settings()["known"]))
READ = """([text, options]) => {
  try {
    return { curves: emWorkbench.read(text, options) };
  } catch (error) {
    return { lines: error.lines };
  }
}"""
WORDS = "(report) => [emWorkbench.sentence(report), ...emWorkbench.reasons(report)]"
SAY = f"(text) => emWorkbench.read(text, {{}}).map((curve) => ({WORDS})(emAudit.audit(curve)))"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def scripts(browser: Browser) -> Page:
    page = browser.new_page()
    page.set_content("<p>Nothing to start here.</p>")
    for name in ("audit.js", "workbench.js"):
        page.add_script_tag(content=asset(name))
    page.evaluate("(known) => emWorkbench.know(known)", KNOWN)
    return page


@contextmanager
def opened(browser: Browser, folder: Path, **context: Any) -> Iterator[Page]:
    """Open a page of its own with the form; fail in the end on any error and any request."""
    styles = theme.css_variables() + GROUND + asset("workbench.css")
    code = "".join(f"<script>{asset(name)}</script>" for name in ("audit.js", "workbench.js"))
    path = folder / "page.html"
    path.write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Test</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{styles}</style><main><h1>Test</h1>{workbench(**findings.settings()).html}</main>"
        f"{code}</html>",
        encoding="utf-8",
    )
    page = browser.new_page(**context)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("request", lambda request: complaints.append(request.url))
    page.goto(path.as_uri())
    yield page
    page.close()
    assert complaints == [path.as_uri()]


GOOD = {
    "long form": "params,score,n_items\n1e8,0.1,100\n1e9,0.5,100\n1e10,0.9,100\n",
    "out of order, other names": "Train-FLOPs,Accuracy,SE\n1e22,.9,.01\n1e20,.1,.02\n1e21,.4,.02\n",
    "semicolons, decimal commas": "tokens;acc;n\n1e9;0,25;200\n2e9;0,5;200\n",
    "tabs, quotes, blank rows": 'task\tscale\tvalue\tn\n\n"a ""b"""\t1\t0\t9\n"a ""b"""\t2\t1\t9\n',
    "two tasks": "task,params,score,n_items\na,1,0.1,50\nb,1,0.2,50\na,2,0.3,50\nb,2,0.4,50\n",
    "two metrics": "task,metric,scale,acc,n\na,x,1,.1,9\na,y,1,.2,9\na,x,2,.3,9\na,y,2,.4,9\n",
    "chance and length": "params,score,n_items,chance,length\n1,0.3,80,0.25,5\n2,0.4,80,0.25,5\n",
    "second metric": "params,score,n_items,other,other_stderr\n1,.3,80,.5,.05\n2,.4,80,.6,.05\n",
    "standard errors of 0": "params,score,stderr\n1,0,0\n2,0.5,0.05\n3,1,0\n",
    "items and errors that agree": "params,score,n,se\n1,0,100,0\n2,0.5,100,0.062\n3,.9,100,.03\n",
    "items and errors that differ": "params,score,n,se\n1,0.2,100,0.04\n2,0.5,100,0.063\n",
    "columns nobody asked for": "model,notes,params,score,n\nx,hello,1,0,9\ny,,2,1,9\n",
    "scales that differ in the eleventh digit": "params,score,n\n1e9,0,9\n1000000000.01,1,9\n",
}


@pytest.mark.parametrize("name", GOOD)
def test_tables_are_read_as_python_reads_them(scripts: Page, tmp_path: Path, name: str) -> None:
    path = tmp_path / "curve.csv"
    path.write_text(GOOD[name], encoding="utf-8")
    found = scripts.evaluate(READ, [GOOD[name], {}])
    assert "lines" not in found, found
    wanted = audit.read(path)
    assert len(found["curves"]) == len(wanted)
    for curve, theirs in zip(wanted, found["curves"], strict=True):
        assert theirs["name"] == curve.name
        compared(curve, theirs)


def compared(curve: audit.Curve, theirs: dict[str, Any]) -> None:
    assert theirs["unit"] == curve.unit
    for each in ("scale", "score", "items", "stderr"):
        ours = getattr(curve, each)
        assert theirs.get(each) == (None if ours is None else pytest.approx(ours.tolist()))
    assert theirs["chance"] == curve.chance
    assert theirs.get("length") == curve.length
    assert (curve.other is None) == (theirs.get("other") is None)
    if curve.other is not None:
        compared(curve.other, theirs["other"])


# A table, and the start of the remedy.
BAD = {
    "percentages": ("params,score,n\n1,12,9\n2,45.5,9\n", "Divide the column by 100"),
    "no fraction at all": ("params,score,n\n1,120,9\n2,.5,9\n", "Correct it"),
    "a per cent sign": ("params,score,n\n1,12%,9\n2,.5,9\n", "Write 0.12"),
    "suffix": ("params,score,n\n1e8,.1,7B\n2e8,.5,9\n", "Write 7e9"),
    "empty": ("params,score,n\n1,,9\n2,.5,9\n", "Fill it in or delete the row"),
    "empty task": ("params,score,n,task\n1,.1,9,\n2,.5,9,a\n", "Fill it in or delete the column"),
    "words": ("params,score,n\n1,.1,9\n2,good,9\n", "Write a number"),
    "many words": (f"params,score,n\n1,.1,9\n2,{'so ' * 40},9\n", "Write a number"),
    "scale of 0": ("params,score,n\n0,.1,9\n2,.5,9\n", "Correct it"),
    "beyond all numbers": ("params,score,n\n1e999,.1,9\n2,.5,9\n", "Correct it"),
    "half a token": ("params,score,n,length\n1,.1,9,1.5\n2,.5,9,1.5\n", "Correct it"),
    "an error too large": ("params,score,se\n1,.1,.6\n2,.5,.1\n", "Divide the column by 100"),
    "decimal comma": ('params,score,n\n1,"0,1",9\n2,.5,9\n', "Write a point"),
    "thousands": ("params;score;n\n1,500;.1;9\n2;.5;9\n", "Write 1500 or 1.500"),
    "no scale": ("size,score,n\n1,.1,9\n2,.2,9\n", "Add or rename a column: scale"),
    "no score": ("params,task,n\n1,a,9\n2,a,9\n", "Add or rename a column: score"),
    "two scales": ("params,tokens,score,n\n1,1,.1,9\n2,2,.2,9\n", "Rename one of them"),
    "misspelt": ("params,score,n_itmes\n1,.1,9\n2,.5,9\n", "Rename it to 'n_items'"),
    "misspelt error": ("params,score,n,std_error\n1,.1,9,1\n2,.5,9,1\n", "Rename it to 'stderr'"),
    "misspelt length": ("params,score,n,lenght\n1,.1,9,1\n2,.5,9,1\n", "Rename it to 'length'"),
    "no header": ("1,0.1,9\n2,0.5,9\n", "Add a header"),
    "blank first row": ("\nparams,score,n\n1,.1,9\n", "Delete the blank rows on top"),
    "no name": ("params,score,,n\n1,.1,x,9\n", "Name it or delete it"),
    "two of a name": ("params,score,score\n1,.1,9\n", "Rename or delete one"),
    "twice": ("params,score,n\n1,.1,9\n1,.2,9\n2,.5,9\n2,.5,9\n", "Average them"),
    "twice, to the last digit": ("params,score,n\n1,.1,9\n1.0000000000000002,.2,9\n", "Average"),
    "twice, to twelve digits": ("scale,score,n\n1e9,.1,9\n1000000000.0005,.2,9\n", "Average"),
    "a long header": (f"params,task,{'x' * 100_000}\n1,a,9\n", "Add or rename a column: score"),
    "a long name": (f"task,params,score,n\n{'x' * 100_000},1,.1,9\n", "Add models"),
    "one model": ("params,score,n\n1,.1,9\n", "Add models"),
    "no noise": ("params,score\n1,.1\n2,.2\n", "Add a column 'n_items'"),
    "too short": ("params,score,n\n1,.1\n2,.2,9\n", "Look for a comma"),
    "too long": ("params,score,n\n1,.1,9\n2,.2,9,9\n", "Look for a comma"),
    "two chances": ("params,score,n,chance\n1,.1,9,0\n2,.2,9,.25\n", "Separate the tasks"),
    "many faults": ("params,score,n\n" + "".join(f"{i},{i},0\n" for i in range(14)), "Correct it"),
    "only a header": ("params,score,n\n", "Paste the scores"),
}


def faults(lines: Sequence[str]) -> list[str]:
    """Return what is wrong, without the remedies: these differ between file and page."""
    return [line.partition(" Remedy: ")[0] for line in lines]


def python_says(text: str, path: Path) -> list[audit.Curve] | list[str]:
    """Return the curves that Python reads, or what it finds wrong, in the words of the page."""
    path.write_text(text, encoding="utf-8")
    try:
        return audit.read(path)
    except audit.CurveError as error:
        return str(error).replace(f"{path}, row", "row").replace(str(path), "table").split("\n")


@pytest.mark.parametrize("name", BAD)
def test_bad_tables_are_refused_as_python_refuses_them(
    scripts: Page, tmp_path: Path, name: str
) -> None:
    text, remedy = BAD[name]
    found = scripts.evaluate(READ, [text, {}])["lines"]
    assert f" Remedy: {remedy}" in found[0]
    assert faults(found) == faults(cast(list[str], python_says(text, tmp_path / "curve.csv")))


@pytest.mark.parametrize("name", [each for each in HOSTILE if "half" not in each])
def test_no_fault_repeats_what_misleads_the_eye(scripts: Page, tmp_path: Path, name: str) -> None:
    mark = HOSTILE[name]
    for text in (
        f'task,params,score,n\n"a{mark}b",1,.5,9\n',
        f'params,score,n\n1,".5{mark}b",9\n',
        f'params,"a{mark}b","a{mark}b"\n1,.1,9\n',
        f'params,task,"a{mark}b"\n1,a,9\n',
    ):
        found = scripts.evaluate(READ, [text, {}])["lines"]
        assert all(map(str.isprintable, found))
        python = cast(list[str], python_says(text, tmp_path / "curve.csv"))
        # Languages differ in what is blank, and the page takes every line end for the same.
        assert faults(found) == faults(python) or re.search("[\r\x85\ufeff]", mark), text


def unsaid(templates: Iterable[str], said: Iterable[str]) -> list[str]:
    """Return the templates that none of some sentences fills in."""
    patterns = {each: re.sub(r"\\{.*?\\}", ".+", re.escape(each)) for each in templates}
    text = "\n".join(said)
    return [each for each, pattern in patterns.items() if not re.search(pattern, text)]


def test_every_fault_is_among_the_bad_tables(scripts: Page) -> None:
    tables = [*([text, {}] for text, _ in BAD.values()), [GOOD["long form"], {"items": 50}]]
    said = [line for table in tables for line in scripts.evaluate(READ, table)["lines"]]
    faults = PHRASES["fault"].values()
    assert unsaid([f"{what}. Remedy: {remedies[-1]}." for what, *remedies in faults], said) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (" \n", "table: it is empty. Remedy: Paste rows with a header, or choose a file."),
        ("PK\x03\x04...", "table: a workbook or archive, not text. Remedy: Save it as CSV UTF-8"),
        ("params,score\n1,\0", "table: a NUL byte, so this is not text. Remedy: Save it as CSV"),
        ("params,sc\ufffdre\n", "table: text that is not UTF-8. Remedy: Save it as CSV UTF-8"),
        ('params,"score\n1,2\n', "table: a quotation mark is never closed. Remedy: Close it"),
    ],
)
def test_what_is_no_table_is_refused(scripts: Page, text: str, said: str) -> None:
    (line,) = scripts.evaluate(READ, [text, {}])["lines"]
    assert line.startswith(said)


CELLS = ["1", "2", "1e9", "0", ".5", " 0.25", "0,25", "1,500", "50%", "7b", "", "-1", "nan"]
CELLS += ["x", "9"]
GOOD_CELLS = {"n": "9", "n_items": "9", "items": "9", "se": ".1", "task": "a", "metric": "b"}
GOOD_CELLS |= {"chance": "0", "length": "1", "other": ".5", "other_se": ".1", "notes": "none"}


def random_table(rng: np.random.Generator) -> str:
    """Return a table of one to four models, in which any cell may be bad."""
    header = ["Params", "score", *rng.permutation(list(GOOD_CELLS))[: rng.integers(1, 5)]]
    bad = rng.choice([0, 0, 0.1, 0.4])
    lines = [header]
    for scale in rng.choice(30, size=rng.integers(1, 5)):
        good = [str(scale + 1), ".5", *(GOOD_CELLS[name] for name in header[2:])]
        lines.append([rng.choice(CELLS) if rng.uniform() < bad else cell for cell in good])
    mark, end = str(rng.choice([",", ";", "\t"])), str(rng.choice(["\n", "\r\n", "\r"]))
    quoted = [[f'"{cell}"' if mark in cell else cell for cell in line] for line in lines]
    return end.join(map(mark.join, quoted))


def test_random_tables_are_read_or_refused_as_by_python(scripts: Page, tmp_path: Path) -> None:
    rng, read = np.random.default_rng(8), 0
    for _ in range(200):
        text = random_table(rng)
        python = python_says(text, tmp_path / "curve.csv")
        found = scripts.evaluate(READ, [text, {}])
        if "lines" in found:
            assert faults(found["lines"]) == faults(cast(list[str], python)), text
            continue
        read += 1
        for curve, theirs in zip(python, found["curves"], strict=True):
            assert isinstance(curve, audit.Curve), text
            compared(curve, theirs)
    assert 30 < read < 170


def test_options_say_what_the_table_does_not(scripts: Page) -> None:
    text = "params,score\n1,0.3\n2,0.4\n"
    options = {"items": 50, "chance": 0.25, "length": 3}
    (curve,) = scripts.evaluate(READ, [text, options])["curves"]
    assert (curve["items"], curve["chance"], curve["length"]) == ([50, 50], 0.25, 3)
    found = scripts.evaluate(READ, [GOOD["chance and length"], options])
    assert "80 items in the table, 50 in the option" in found["lines"][0]


def sentences(report: audit.Report) -> list[str]:
    """Return what Python says, but for the lines that it simulates, which the page does not."""
    said = [words.sentence(report), *words.reasons(report)]
    return [each for each in said if not each.startswith(("Emergence score", "Linearity"))]


def table(header: str, *rows: str) -> str:
    """Return a table of models, half a decade apart, with score, items and more columns."""
    scale = [f"{10 ** (6 + at / 2):.3g}" for at in range(len(rows))]
    lines = [",".join(pair) for pair in zip(scale, rows, strict=True)]
    return "\n".join([f"params,score,n,{header}", *lines])


def test_a_table_leads_to_the_sentences_of_python(scripts: Page, tmp_path: Path) -> None:
    texts = findings.examples() | {
        name: table(header, *rows.split())
        for name, (header, rows) in {
            "flat": ("chance", ".5,9e4,.5 .5,9e4,.5 .5,9e4,.5 .5,9e4,.5"),
            "few": ("chance", ".1,100,0 .9,100,0"),
            "step": ("chance", "0,500,0 0,500,0 0,500,0 1,500,0 1,500,0 1,500,0"),
            "step in both": ("other", "0,900,0 0,900,0 0,900,0 1,900,1 1,900,1 1,900,1"),
            "unsaid": ("notes", "0,500,a .1,500,b .5,500,c .6,500,d .9,500,e"),
            "fall": ("notes", ".9,400,a .8,400,b .5,400,c .3,400,d .1,400,e"),
            "below": ("chance", "0,500,.5 0,500,.5 0,500,.5 .3,500,.5 .3,500,.5 .3,500,.5"),
            "tokens": ("chance,length", "0,500,0,9 0,500,0,9 .3,500,0,9 .8,500,0,9 1,500,0,9"),
        }.items()
    }
    curves, said = [], []
    for text in texts.values():
        (curve,) = cast(list[audit.Curve], python_says(text, tmp_path / "curve.csv"))
        curves.append(curve)
        said.extend(scripts.evaluate(SAY, text))
    reports = list(audit.audit_many(curves))
    assert said == [sentences(report) for report in reports]
    assert {report.verdict for report in reports} == set(Verdict)


def made_up(report: audit.Report, rng: np.random.Generator) -> audit.Report:
    """Return a report of any kind."""

    def any_of(*values: Any) -> Any:
        return values[rng.integers(len(values))]

    ends = ((0.12, 0.37), (0.37, 2.52), (1.51, 2.13), (0.93, 1.04), (None, 0.62), (1.14, None))
    width, second = (any_of(None, Range(1.0, *any_of(*ends, (None, None)))) for _ in range(2))
    metric = any_of(None, Metric("other", 0, second, any_of(None, 0.62, -0.5) if second else None))
    behind = any_of((0.0, 0.3, 1.6), (0.0, 2.3, 8.1), (0.0, None, None), (None, None, None))
    curve = any_of(report.curve, logistic(1.0, models=3), logistic(1.0, chance=0.25))
    curve = any_of(curve, replace(curve, chance=None, turned=any_of(True, False)))
    source = any_of("", "as the files say")
    below = any_of(None, 3.21e7) if curve.chance else None
    verdict, obstacle = any_of(*kinds(width, metric, below))
    floors = any_of((0.0,), (0.0, 0.2, 1 / 3), (0.0, 0.013, 0.31))
    turned = any_of(False, False, True)
    readings = [
        Reading(floor, turned and at > 0, any_of(*Verdict), any_of(None, width))
        for at, floor in enumerate(floors)
    ]
    return replace(
        report,
        curve=replace(curve, unit=any_of("scale", "parameters"), chance_source=source),
        verdict=verdict,
        obstacle=obstacle,
        readings=tuple(readings),
        below=below,
        along=any_of(None, Along("tokens", any_of(*Verdict), any_of(None, Range(2.0, 1.7, 2.4)))),
        rises=width is not None,
        falls=any_of(True, False),
        width=width,
        threshold=width and Range(1e8, *any_of((1e7, 1e9), (1e6, None), (None, None))),
        metric=metric,
        change=any_of((-0.061, 0.012), (0.1, 0.3), (-0.01, 0.047)),
        misfit=any_of(0.01, 0.5),
        dispersion=any_of(1.0, 4.9),
        seen=any_of(0.12, 0.52, 0.9),
        leap=any_of(0.62, 0.48, 0.4),
        spacing=any_of(0.26, 1.0),
        sharp=any_of(1.0, 0.35),
        shape=any_of("Gompertz", "logistic"),
        ceiling=any_of(1.0, 0.62),
        ceiling_fitted=any_of(True, False),
        first_above_chance=any_of(None, 1.23e8),
        smallest_seen=any_of(0.12, 0.000026),
        more_items=any_of(None, 4),
        more_models=any_of(None, 6),
        next_scale=any_of(1.57e10, 12.0),
        next_score=width and Range(0.62, *any_of((0.61, 0.623), (None, 0.99), (0.99, None))),
        candidates=tuple(
            Candidate(name, 2, 3.0, each) for name, each in zip("abc", behind, strict=True)
        ),
    )


def kinds(
    width: Range | None, metric: Metric | None, below: float | None
) -> Sequence[tuple[Verdict, Obstacle | None]]:
    """Return verdicts that a report of this kind may have, with what stood in the way."""
    hindered = {*Obstacle} if width else {Obstacle.FEW, Obstacle.UNSAID, Obstacle.RISE}
    hindered -= {Obstacle.METRIC} if metric is None else set()
    hindered -= {Obstacle.BELOW} if below is None else set()
    found: list[tuple[Verdict, Obstacle | None]] = [
        (Verdict.UNKNOWN, each) for each in Obstacle if each in hindered
    ]
    if width is None:
        return [*found, (Verdict.FLAT, None)]
    sharp = [Verdict.BOTH, Verdict.METRIC] if metric else [Verdict.SHARP]
    found += [(Verdict.SMOOTH, None)] * (width.low is not None)
    return found + [(each, None) for each in sharp * (width.high is not None)]


def test_the_page_says_what_python_says_of_any_report(scripts: Page) -> None:
    rng, report = np.random.default_rng(9), audit.audit(logistic(1.0, seed=1, items=50))
    said = set()
    for _ in range(2000):
        each = made_up(report, rng)
        found = scripts.evaluate(WORDS, plain_report(each))
        assert found == sentences(each)
        said |= set(found)
    spoken = ("verdict", "obstacle", "rule", "reason")
    assert unsaid([each for kind in spoken for each in PHRASES[kind].values()], said) == []
    phrases = {
        *("by -6.1 to +1.2 points", "score falls over 0.12 to 0.37 decades", "over at most 0.62"),
        *("less than the limit of 0.35 decades", "limit of 1 decade,", "and so does other"),
        *("over no rise that", "3 models, and at least 4", "of +10.0 to +30.0 points"),
        *("its first 12% was", "decades), but other could", ": 62% of the rise lies"),
        *("takes at least 1.14", "any number of decades", "From scale 1.23e8 on"),
        *("From 1.23e8 parameters on", "chance (0.25); at", "about 2.6e-5 might", "at least 1e6"),
        *("fall is done at 1e8 parameters (1e7 to 1e9)", "could be anywhere", "(0.26 decades)"),
        *("level off at 0.62;", "Only 12% of the way to a score of 0.62", "(n = 12 models)"),
        *("the a, 2.3 ahead of the b", "the a; within 2 of it: b, c", "curve 2.2 times as"),
        *("points either way, at 95%: borderline.", "(it begins at 1.51)", "(it ends at 0.37)"),
        *("By QAICc (n", "By AICc (n", "(0, 0.2, 0.33), and", "(0 to 0.31), and"),
        *("nobody said the chance level", "said whether more is better", "that the score starts"),
        *("starts from 0.69: smooth, ", "At a chance level of 0.2: flat, "),
        *("Chance level 0.25, as the files say.", "Up to 3.21e7 parameters scores", "1.70 to 2.40"),
        *("for 62% of the", "6 times the models over the same range or 4 times the test items"),
        *("At 1.57e10 parameters the score", "be 0.620 (0.610 to 0.623), if", "(0.00 to 0.99)"),
    }
    assert {each for each in phrases if each not in "\n".join(said)} == set()


def test_numbers_are_written_as_python_writes_them(scripts: Page) -> None:
    for value in (0, 1, 0.25, 1e-5, 123456789, 1.26e8, 0.000123456, 99.95, 1e15, 0.5, -0.3, 1e-120):
        for digits in (2, 3, 6):
            found = scripts.evaluate(f"emWorkbench.number({value!r}, {digits})")
            assert found == number(value, digits)


def test_the_form_audits_by_keyboard_and_says_so(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == findings.SUMS
        page.keyboard.press("Enter")
        verdict = page.locator(".em-wb-verdict")
        verdict.wait_for()
        said = words.sentence(findings.report(findings.SUMS))
        assert verdict.inner_text() == said
        assert said in page.get_by_role("status").inner_text()
        table = page.get_by_role("textbox", name="Or paste a table")
        assert table.input_value().startswith("task,")
        assert page.locator(".em-wb-result svg[role=img]").count() == 1
        assert page.locator(".em-wb-result tbody tr").count() == len(findings.examples()) + 2

        for _ in findings.examples():
            page.keyboard.press("Tab")
        page.keyboard.press("Control+A")
        page.keyboard.insert_text(GOOD["two tasks"])
        for where in ("[type=file]", "summary", "[type=submit]"):
            page.keyboard.press("Tab")
            assert page.locator(where).evaluate("each => each === document.activeElement")
        page.keyboard.press("Enter")
        page.get_by_role("status").filter(has_text="2 curves audited.").wait_for()
        assert page.locator(".em-wb-name").all_inner_texts() == ["a", "b"]


def test_faults_are_announced_and_shown(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path) as page:
        page.get_by_role("button", name=findings.SUMS).click()
        page.locator(".em-wb-result").wait_for()
        page.locator("textarea").fill(BAD["percentages"][0])
        page.get_by_role("button", name="Audit").click()
        alert = page.get_by_role("alert")
        wanted = "Row 2, column 'score': found '12', want a fraction from 0 to 1"
        assert wanted in alert.inner_text()
        status = page.get_by_role("status").inner_text()
        assert status == "The table cannot be read: 2 problems."
        assert page.locator(".em-wb-result").count() == 0


def test_a_file_is_read_where_it_is(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path) as page:
        path = tmp_path / "mine.csv"
        path.write_text(GOOD["chance and length"], encoding="utf-8")
        page.get_by_label("Or choose a file").set_input_files(path)
        page.locator(".em-wb-verdict", has_text="2 models, and at least 4").wait_for()
        assert page.locator("textarea").input_value() == GOOD["chance and length"]


def test_a_file_may_be_dropped(browser: Browser, tmp_path: Path) -> None:
    dropped = """([area, text]) => {
      const data = new DataTransfer();
      data.items.add(new File([text], "dropped.csv"));
      const how = { dataTransfer: data, bubbles: true, cancelable: true };
      const over = new DragEvent("dragover", how);
      area.dispatchEvent(over);
      const shown = area.classList.contains("em-wb-over");
      area.dispatchEvent(new DragEvent("drop", how));
      return [over.defaultPrevented, shown, area.classList.contains("em-wb-over")];
    }"""
    with opened(browser, tmp_path) as page:
        area = page.locator("textarea").element_handle()
        assert page.evaluate(dropped, [area, GOOD["long form"]]) == [True, True, False]
        page.locator(".em-wb-verdict", has_text="3 models, and at least 4").wait_for()


def test_a_table_may_be_pasted_from_a_spreadsheet(browser: Browser, tmp_path: Path) -> None:
    allowed = ["clipboard-read", "clipboard-write"]
    with opened(browser, tmp_path, permissions=allowed) as page:
        copied = GOOD["long form"].replace(",", "\t")
        page.evaluate("text => navigator.clipboard.writeText(text)", copied)
        page.locator("textarea").focus()
        page.keyboard.press("Control+V")
        page.keyboard.press("Control+Enter")
        page.locator(".em-wb-verdict", has_text="3 models, and at least 4").wait_for()


def test_options_are_used_and_checked(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path) as page:
        page.locator("textarea").fill(findings.examples()[findings.WORDS])
        page.get_by_text("What the table does not say").click()
        page.get_by_label("Score of guessing").fill("0")
        page.get_by_label("Sharp below (decades)").fill("3")
        page.get_by_role("button", name="Audit").click()
        page.locator(".em-wb-verdict", has_text="Sharp in the one metric given").wait_for()
        for label, text, wanted in (
            ("Score of guessing", "25", "found '25', want a fraction from 0 to below 1"),
            ("Test items", "Infinity", "found 'Infinity', want a number of items, at least 1"),
            ("Test items", "1,319", "found '1,319': decimal comma or thousands"),
            ("Tokens of an answer", "0x10", "found '0x10', want a whole number of tokens"),
            ("Tokens of an answer", "1e20", "found '1e20', want a whole number of tokens"),
            ("Best possible score", "0", "found '0', want it above chance, 0"),
            ("Best possible score", "0.3", "found '0.3', but a model of"),
        ):
            page.get_by_label(label).fill(text)
            page.get_by_role("button", name="Audit").click()
            page.get_by_role("alert").filter(has_text=f"{label}: {wanted}").wait_for()
            page.get_by_label(label).fill("")


def test_chance_is_drawn_only_if_somebody_said_it(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path) as page:
        for header, chance, lines in (("notes", "a", 0), ("chance", "0", 0), ("chance", ".25", 1)):
            rows = [f"{score},100,{chance}" for score in (0.3, 0.5, 0.8, 0.9)]
            page.locator("textarea").fill(table(header, *rows))
            page.get_by_role("button", name="Audit").click()
            page.locator(".em-wb-result").wait_for()
            assert page.locator(".em-wb-result svg .em-wb-chance").count() == lines


def test_the_report_is_copied_as_text(browser: Browser, tmp_path: Path) -> None:
    allowed = ["clipboard-read", "clipboard-write"]
    with opened(browser, tmp_path, permissions=allowed) as page:
        page.get_by_role("button", name=findings.WORDS).click()
        page.get_by_role("button", name="Copy as text").click()
        page.get_by_role("button", name="Copied").wait_for()
        text = page.evaluate("navigator.clipboard.readText()")
    report = findings.report(findings.WORDS)
    title = f"LAMBADA: {report.verdict}"
    assert text.startswith(f"{title}\n{'=' * len(title)}\n{words.sentence(report)}\n\n- The rule:")
    assert "a straight line over as many models scores 7." in text


def test_a_name_misleads_nobody_in_the_page_or_in_what_is_copied(
    browser: Browser, tmp_path: Path
) -> None:
    allowed = ["clipboard-read", "clipboard-write"]
    with opened(browser, tmp_path, permissions=allowed) as page:
        page.locator("textarea").fill(
            'task,params,score,n\n"a\u202eb\nc",1,0,9\n"a\u202eb\nc",2,1,9\n'
        )
        page.get_by_role("button", name="Audit").click()
        assert page.locator(".em-wb-name").inner_text() == r"a\u202eb\nc"
        page.get_by_role("button", name="Copy as text").click()
        page.get_by_role("button", name="Copied").wait_for()
        text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith("a\\u202eb\\nc: undecided\n=====")


def test_without_scripts_the_command_is_there(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path, java_script_enabled=False) as page:
        assert "python -m emergence_lib audit scores.csv" in page.locator("main").inner_text()
        assert page.locator("form").is_hidden()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_accessible_and_no_wider_than_the_page(
    browser: Browser, tmp_path: Path, width: int, colours: str
) -> None:
    with opened(browser, tmp_path, viewport={"width": width, "height": 800}) as page:
        page.evaluate("theme => document.documentElement.dataset.theme = theme", colours)
        check_page(page, width)
        page.get_by_text("What the table does not say").click()
        page.get_by_role("button", name=findings.LETTERS).click()
        page.locator(".em-wb-result").wait_for()
        check_page(page, width)
        page.locator("textarea").fill(f"params,score,n\n1,{'long' * 60},9\n2,.5,9\n")
        page.get_by_role("button", name="Audit").click()
        page.get_by_role("alert").wait_for()
        check_page(page, width)


def check_page(page: Page, width: int) -> None:
    """Fail where the page is wider than the screen, a control is small, or axe objects."""
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    heights = page.evaluate(
        "[...document.querySelectorAll('.em-workbench :is(button, input)')]"
        ".filter(each => each.checkVisibility()).map(each => each.getBoundingClientRect().height)"
    )
    assert min(heights) >= 44
    found = Axe().run(page).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []


def test_the_form_carries_its_tables_safely() -> None:
    form = workbench({"x": "a</script><b>"}, {"units": {"params": "parameters"}})
    data = form.html.partition('<script type="application/json">')[2].partition("</script>")[0]
    known = {"examples": {"x": "a</script><b>"}, "units": {"params": "parameters"}}
    assert json.loads(data) == known
    with pytest.raises(ValueError, match="examples: found none"):
        workbench({}, {})
