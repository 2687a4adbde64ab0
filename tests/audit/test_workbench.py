"""The workbench in the page: its tables, sentences and form against the Python audit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from emergence_lib import audit, theme
from emergence_lib.audit import words
from emergence_lib.audit.reading.columns import ALIASES, UNITS
from emergence_lib.findings import workbench as findings
from emergence_lib.reader import workbench
from emergence_lib.reader.output import asset
from tests.browsers import chromium

KNOWN: dict[str, Any] = {
    "columns": {role: list(names) for role, names in ALIASES.items()},
    "units": UNITS,
}
READ = """([text, options, known]) => {
  try {
    return { curves: emWorkbench.read(text, options, known) };
  } catch (error) {
    return { lines: error.lines };
  }
}"""
SAY = """([text, known]) => emWorkbench.read(text, {}, known).map((curve) => {
  const report = emAudit.audit(curve);
  return [emWorkbench.sentence(report), ...emWorkbench.reasons(report)];
})"""
GROUND = (
    "html{--pst-color-text-base:#222832;--pst-color-text-muted:#48566b;--pst-color-background:#fff}"
    "html[data-theme=dark]{--pst-color-text-base:#ced6dd;--pst-color-text-muted:#9ca4af;"
    "--pst-color-background:#14181e}body{background:var(--pst-color-background);margin:0}"
    "main{color:var(--pst-color-text-base);font:17px/1.6 sans-serif;margin:auto;max-width:44rem}"
)


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
    return page


def opened(browser: Browser, folder: Path, **context: Any) -> Page:
    """Write the form into a page of its own, open it, and fail on errors and on any request."""
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
    page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
    page.goto(path.as_uri())
    page.on("request", lambda request: pytest.fail(f"a request: {request.url}"))
    return page


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
    "items and errors that agree": "params,score,n,se\n1,0,100,0\n2,0.5,100,0.05\n3,0.9,100,0.03\n",
    "items and errors that differ": "params,score,n,se\n1,0.2,100,0.01\n2,0.5,100,0.01\n",
    "columns nobody asked for": "model,notes,params,score,n\nx,hello,1,0,9\ny,,2,1,9\n",
}


@pytest.mark.parametrize("name", GOOD)
def test_tables_are_read_as_python_reads_them(scripts: Page, tmp_path: Path, name: str) -> None:
    path = tmp_path / "curve.csv"
    path.write_text(GOOD[name], encoding="utf-8")
    found = scripts.evaluate(READ, [GOOD[name], {}, KNOWN])
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


# The table, where Python puts the fault, and the start of its remedy.
BAD = {
    "percentages": ("params,score,n\n1,12,9\n2,45.5,9\n", "row 2, column 'score'", "Divide the"),
    "a per cent sign": ("params,score,n\n1,12%,9\n2,.5,9\n", "row 2, column 'score'", "Write 0.12"),
    "suffix": ("params,score,n\n7B,.1,9\n2,.5,9\n", "row 2, column 'params'", "Write 7e9"),
    "empty": ("params,score,n\n1,,9\n2,.5,9\n", "row 2, column 'score'", "Fill it in"),
    "words": ("params,score,n\n1,.1,9\n2,good,9\n", "row 3, column 'score'", "Write a number"),
    "scale of 0": ("params,score,n\n0,.1,9\n2,.5,9\n", "row 2, column 'params'", "Correct it"),
    "decimal comma": (
        'params,score,n\n1,"0,1",9\n2,.5,9\n',
        "row 2, column 'score'",
        "Write a point",
    ),
    "thousands": ("params;score;n\n1,500;.1;9\n2;.5;9\n", "row 2, column 'params'", "Write 1500"),
    "no score": ("params,task,n\n1,a,9\n2,a,9\n", "row 1", "Add or rename a column: score"),
    "misspelt": ("params,score,n_itmes\n1,.1,9\n2,.5,9\n", "row 1", "Rename it to 'n_items'"),
    "no header": ("1,0.1,9\n2,0.5,9\n", "row 1", "Add a header"),
    "twice": ("params,score,n\n1,.1,9\n1,.2,9\n2,.5,9\n", "row 3", "Average them"),
    "one model": ("params,score,n\n1,.1,9\n", "row 2", "Add models"),
    "no noise": ("params,score\n1,.1\n2,.2\n", "row 2", "Add a column 'n_items'"),
    "ragged": ("params,score,n\n1,.1\n2,.2,9\n", "row 2", "Look for a comma"),
    "two chances": ("params,score,n,chance\n1,.1,9,0\n2,.2,9,.25\n", "row ", "Separate the tasks"),
    "two of a name": ("params,score,score\n1,.1,9\n", "row 1", "Rename or delete one"),
    "only a header": ("params,score,n\n", "", "Paste the scores"),
    "nothing": (" \n", "", "Paste rows"),
}
ON_THE_PAGE = ("only a header", "nothing", "words")
"""Where the page gives a remedy of its own."""


@pytest.mark.parametrize("name", BAD)
def test_bad_tables_are_refused_with_row_and_remedy(
    scripts: Page, tmp_path: Path, name: str
) -> None:
    text, place, remedy = BAD[name]
    path = tmp_path / "curve.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(audit.CurveError) as refused:
        audit.read(path)
    found = scripts.evaluate(READ, [text, {}, KNOWN])
    (first, *_) = found["lines"]
    assert first.startswith(place)
    assert f"Remedy: {remedy}" in first
    assert place in str(refused.value)
    if name not in ON_THE_PAGE:
        assert remedy in str(refused.value)


def test_options_say_what_the_table_does_not(scripts: Page) -> None:
    text = "params,score\n1,0.3\n2,0.4\n"
    options = {"items": 50, "chance": 0.25, "length": 3}
    (curve,) = scripts.evaluate(READ, [text, options, KNOWN])["curves"]
    assert (curve["items"], curve["chance"], curve["length"]) == ([50, 50], 0.25, 3)
    found = scripts.evaluate(READ, [GOOD["chance and length"], options, KNOWN])
    assert "80 items in the table, 50 in the option" in found["lines"][0]


def test_sentences_are_those_of_python(scripts: Page, tmp_path: Path) -> None:
    """All but those on simulated lines, which only Python draws."""
    texts = findings.examples() | {
        "flat": "params,score,n\n1,.5,9e4\n10,.5,9e4\n100,.5,9e4\n1000,.5,9e4\n",
        "few": "params,score,n\n1,.1,100\n10,.9,100\n",
        "no rise": "scale,score,n\n1,.5,20\n10,.4,20\n100,.6,20\n1000,.5,20\n",
        "step": "params,score,n\n1,0,500\n10,0,500\n100,0,500\n1e3,1,500\n1e4,1,500\n1e5,1,500\n",
        "fall": "params,score,n\n1,.9,400\n3,.8,400\n10,.5,400\n30,.3,400\n100,.1,400\n",
        "tokens": "params,score,n,length\n1,0,500,9\n2,.1,500,9\n4,.5,500,9\n8,.8,500,9\n",
        "start": "scale,acc,n,chance\n1,.25,9e3,.25\n9,.26,9e3,.25\n99,.28,9e3,.25\n1e3,.3,9e3,.25\n",
    }
    seen = set()
    for name, text in texts.items():
        path = tmp_path / "curve.csv"
        path.write_text(text, encoding="utf-8")
        said = scripts.evaluate(SAY, [text, KNOWN])
        for curve, sentences in zip(audit.read(path), said, strict=True):
            report = audit.audit(curve)
            wanted = [words.sentence(report), *words.reasons(report)]
            simulated = ("Emergence score", "Linearity")
            assert sentences == [each for each in wanted if not each.startswith(simulated)], name
            seen.add(report.verdict)
    assert len(seen) == 5


def test_numbers_are_written_as_python_writes_them(scripts: Page) -> None:
    for value in (0, 1, 0.25, 1e-5, 123456789, 1.25e8, 0.00012345, 99.95, 1e15, 0.5):
        for digits in (2, 3, 6):
            assert (
                scripts.evaluate(f"emWorkbench.general({value!r}, {digits})")
                == f"{value:.{digits}g}"
            )


def test_the_form_audits_by_keyboard_and_says_so(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, tmp_path)
    example = page.get_by_role("button", name=findings.SUMS)
    example.focus()
    page.keyboard.press("Enter")
    verdict = page.locator(".em-wb-verdict")
    verdict.wait_for()
    said = words.sentence(findings.report(findings.SUMS))
    assert verdict.inner_text() == said
    assert said in page.get_by_role("status").inner_text()
    assert page.get_by_role("textbox", name="Or paste a table").input_value().startswith("task,")
    assert page.locator(".em-wb-result svg[role=img]").count() == 1
    assert page.locator(".em-wb-result tbody tr").count() == 5

    page.get_by_role("textbox", name="Or paste a table").fill(GOOD["two tasks"])
    page.get_by_role("button", name="Audit").press("Enter")
    page.get_by_role("status").filter(has_text="2 curves audited.").wait_for()
    assert page.locator(".em-wb-name").all_inner_texts() == ["a", "b"]

    page.get_by_role("textbox", name="Or paste a table").fill(BAD["percentages"][0])
    page.get_by_role("button", name="Audit").press("Enter")
    alert = page.get_by_role("alert")
    assert "Row 2, column 'score': found '12', want a fraction from 0 to 1" in alert.inner_text()
    assert "problem" in page.get_by_role("status").inner_text()
    assert page.locator(".em-wb-result").count() == 0
    page.close()


def test_a_file_is_read_where_it_is(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, tmp_path)
    path = tmp_path / "mine.csv"
    path.write_text(GOOD["chance and length"], encoding="utf-8")
    page.get_by_label("Or choose a file").set_input_files(path)
    page.locator(".em-wb-result").wait_for()
    dropped = """([area, text]) => {
      const data = new DataTransfer();
      data.items.add(new File([text], "dropped.csv"));
      const how = { dataTransfer: data, bubbles: true, cancelable: true };
      area.dispatchEvent(new DragEvent("drop", how));
    }"""
    area = page.locator("textarea").element_handle()
    page.evaluate(dropped, [area, GOOD["long form"]])
    page.locator(".em-wb-verdict", has_text="3 models, and at least 4 are needed").wait_for()
    page.close()


def test_options_are_used_and_checked(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, tmp_path)
    page.locator("textarea").fill(findings.examples()[findings.WORDS])
    page.get_by_text("What the table does not say").click()
    page.get_by_label("Sharp below (decades)").fill("3")
    page.get_by_role("button", name="Audit").click()
    page.locator(".em-wb-verdict", has_text="Sharp in every metric").wait_for()
    page.get_by_label("Score of guessing").fill("25")
    page.get_by_role("button", name="Audit").click()
    assert "Score of guessing: found '25'" in page.get_by_role("alert").inner_text()
    page.close()


def test_the_report_is_copied_as_text(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, tmp_path, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name=findings.WORDS).click()
    page.get_by_role("button", name="Copy as text").click()
    page.get_by_role("button", name="Copied").wait_for()
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith("LAMBADA: smooth\n===============\nSmooth: the score rises")
    assert "a straight line over as many models scores 7." in text
    page.close()


def test_without_scripts_the_command_is_there(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, tmp_path, java_script_enabled=False)
    assert "python -m emergence_lib audit scores.csv" in page.locator("main").inner_text()
    assert page.locator("form").is_hidden()
    page.close()


@pytest.mark.parametrize(("width", "dark"), [(1100, False), (1100, True), (390, False)])
def test_accessible_and_no_wider_than_the_page(
    browser: Browser, tmp_path: Path, width: int, dark: bool
) -> None:
    page = opened(browser, tmp_path, viewport={"width": width, "height": 800})
    page.evaluate("dark => document.documentElement.dataset.theme = dark ? 'dark' : 'light'", dark)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    page.get_by_role("button", name=findings.LETTERS).click()
    page.locator(".em-wb-result").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
    heights = page.evaluate(
        "[...document.querySelectorAll('.em-workbench :is(button, input)')]"
        ".filter(each => each.checkVisibility()).map(each => each.getBoundingClientRect().height)"
    )
    assert min(heights) >= 44
    page.close()


def test_the_form_carries_its_tables_safely() -> None:
    form = workbench({"x": "a</script><b>"}, {"scale": ["params"]}, {"params": "parameters"})
    data = form.html.partition('<script type="application/json">')[2].partition("</script>")[0]
    assert json.loads(data)["examples"] == {"x": "a</script><b>"}
    with pytest.raises(ValueError, match="examples: found none"):
        workbench({}, {}, {})
