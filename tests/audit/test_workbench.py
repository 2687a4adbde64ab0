"""The workbench in the page: its tables, sentences and form against the Python audit."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
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
from emergence_lib.audit.phrases import PHRASES, counted, number, phrase
from emergence_lib.audit.readings import Range
from emergence_lib.audit.report import Along, Candidate, Metric, Reading
from emergence_lib.chapters.workbench import numbers as findings
from emergence_lib.reader import workbench
from emergence_lib.reader.output import asset
from tests.audit.curves import logistic
from tests.audit.plain import camel, plain_report
from tests.browsers import GROUND, chromium
from tests.hostile import HOSTILE

KNOWN: dict[str, Any] = json.loads(json.dumps(findings.settings()["known"]))
HINTS = ("say_chance", "say_direction", "one_metric")
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
    assert set(complaints) == {path.as_uri()}


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the name of a file in a folder of its own: of a long path, notes show the end."""
    monkeypatch.chdir(tmp_path)
    return Path("curve.csv")


def along(header: str, *cells: str) -> str:
    """Return a table of as many models as there are cells, which stand in further columns."""
    rows = [f"{3 ** (at + 15)},{0.07 * at:.2f},90,{cell}" for at, cell in enumerate(cells)]
    return "\n".join([f"params,score,n,{header}", *rows])


GOOD = {
    "small scales far apart": "scale,score,n\n1,.1,90\n2,.3,90\n4,.6,90\n8,.7,90\n32,.9,90\n",
    "scales beyond any logarithm": "scale,score,n\n100,.1,9\n200,.3,9\n300,.6,9\n400,.9,9\n",
    "three small scales": "scale,score,n\n1,.1,9\n2,.3,9\n3,.6,9\n",
    "long form": "params,score,n_items\n1e8,0.1,100\n1e9,0.5,100\n1e10,0.9,100\n",
    "out of order, other names": "Train-FLOPs,Accuracy,SE\n1e22,.9,.01\n1e20,.1,.02\n1e21,.4,.02\n",
    "semicolons, decimal commas": "tokens;acc;n\n1e9;0,25;200\n2e9;0,5;200\n",
    "tabs, quotes, blank rows": 'task\tscale\tvalue\tn\n\n"a ""b"""\t1\t0\t9\n"a ""b"""\t2\t1\t9\n',
    "two tasks": "task,scale,score,n_items\na,1,0.1,50\nb,1,0.2,50\na,2,0.3,50\nb,2,0.4,50\n",
    "two metrics": "task,metric,scale,acc,n\na,x,1,.1,9\na,y,1,.2,9\na,x,2,.3,9\na,y,2,.4,9\n",
    "chance and length": "scale,score,n_items,chance,length\n1,0.3,80,0.25,5\n2,0.4,80,0.25,5\n",
    "second metric": "scale,score,n_items,other,other_stderr\n1,.3,80,.5,.05\n2,.4,80,.6,.05\n",
    "errors of the score by its name": "scale,acc,acc_stderr\n1,.2,.04\n2,.5,.05\n",
    "names in the form of paths": (
        "params,eval/acc,eval/acc_stderr,train/lr,eval/acc__MIN,train/loss\n"
        "1e8,.2,.04,3,.1,3.5\n1e9,.5,.05,2,.2,3.1\n"
    ),
    "tasks with their shots": (
        "| Size | MMLU (5-shot) | GSM8K 8-shot | Ours | n |\n|--|--|--|--|--|\n"
        "| 1B | 25.5 | 3 | 2.5 | 90 |\n| 7B | 45 | 15.5 | 3.5 | 90 |\n"
        "| 70B | 70 | 57 | 4.5 | 90 |\n"
    ),
    "items of an error rate": "task,scale,err,err_items,err_se\na,1,.2,90,.1\na,2,.1,90,.1\n",
    "standard errors of 0": "scale,score,stderr\n1,0,0\n2,0.5,0.05\n3,1,0\n",
    "items and errors that agree": "scale,score,n,se\n1,0,100,0\n2,0.5,100,0.062\n3,.9,100,.03\n",
    "items and errors that differ": "scale,score,n,se\n1,0.2,100,0.04\n2,0.5,100,0.063\n",
    "columns nobody asked for": "model,notes,scale,score,n\nx,hello,1,0,9\ny,,2,1,9\n",
    "scales that differ in the eleventh digit": "params,score,n\n1e9,0,9\n1000000000.01,1,9\n",
    # Chance.
    "chance unknown for a task": (
        "task,scale,score,n,chance,other,other_chance\na,1,.3,9,.5,.1,\na,2,.8,9,.5,.2,\n"
        "b,1,.1,9,,.1,.2\nb,2,.2,9,,.1,.2\nc,1,.1,9,,.1,\nc,2,.2,9,.25,.1,\n"
    ),
    "well-known tasks": "task,scale,acc,n\n"
    + "".join(
        f'"{task}",{scale},.3,90\n'
        for scale in (1, 2)
        for task in (
            *("hellaswag", "ARC-Challenge", "harness|arc:challenge|25", "leaderboard_mmlu_pro"),
            *(
                "gsm8k",
                "race",
                "drop",
                "my hellaswag",
                "mmlu_virology",
                "blimp_\u00e9t\u00e9",
                "anli_r3",
            ),
            "hellaswag\x1b",
        )
    ),
    "metrics without options": "task,metric,scale,score,n\n"
    + "".join(
        f'{task},"{metric}",{scale},.3,90\n'
        for scale in (1, 2)
        for task in ("boolq", "gsm8k")
        for metric in ("f1", "acc_norm", "exact_match,strict", "mcc", "Pass@1", "rouge1")
    ),
    # Scales.
    "letters": "params,score,n\n410M,.1,9\n1.3B,.5,9\n7 b,.6,9\n13bn,.7,9\n1 trillion,.8,9\n",
    "groups": 'scale,score,n\n12 500,.1,9\n"1,300,000",.5,9\n1\u00a0300\u00a0000\u00a0000,.6,9\n',
    "letters and decimal commas": "params;score;n\n1,3B;0,1;9\n6,7B;0,5;9\n1.300.000.000.000;1;9\n",
    "parameters before compute": along(
        "flops,tokens", *(f"{10**at},{at}e9" for at in (18, 20, 22))
    ),
    "compute before tokens": "tokens,train_flops,score,n\n2e9,1e20,.1,9\n1e9,1e22,.5,9\n",
    "tokens where compute does not grow": along("flops,tokens", "1e20,1e9", "1e20,2e9", "1e20,3e9"),
    "compute that is lacking": along("flops", "1e18", "", "1e20"),
    "compute in words": along("flops", "1e18", "many", "1e20"),
    "compute beyond": along("flops", "1e18", "1e20", "1e60"),
    "compute in logarithms": along("flops", "18", "20", "22"),
    "rounded parameters": along("scale", *(f"{1.1 * 3 ** (at + 15):.3g}" for at in range(3))),
    "a column called 'scale'": along("scale", "1", "2", "3"),
    "a start at 0": along("tokens,model", "0,a", "1e9,b", "2e9,c").replace("14348907", "0", 1),
    "a start at 0 without a name": "tokens,score,n\n0,.1,9\n1e9,.2,9\n2e9,.5,9\n",
    "a start at 0 of the same name": "tokens,score,n,model\n0,.1,9,a\n1e9,.2,9,a\n2e9,.5,9,a\n",
    # Settings.
    "shots": along("n_shot,version", "0,1", "0,1.0", "5,1", "5,1", "5,1"),
    "two settings": along("n_shot,Prompt", "0,a", "0,A", "0,b", "0,b", "5,b", "5,b"),
    "one spelt twice": along("n_shot,chat", "0,True", "0.0,true", "-0,TRUE"),
    "numbers of every size": along(
        "temperature", "1e-9", "1e-9", "0.7", "0.7", "1e20", "1e20", "1e999", "1e999"
    ),
    "one model left": along("prompt", "a", "a", "a", "b"),
    "none beside words": along("adapter,hint", "none,-", "None,-", "lora,given", "lora,given"),
    "a number beside words": along("hint,gap", "0,-", "0,1", "given,n/a", "given,none"),
    "nothing in a cell": along("chat template", "", "", "x", "x"),
    "words nobody knows": along("wording,lab", "a,x", "a,x", "b,y", "b,y"),
    "words of many values": along("lab", "a", "a", "b", "c", "d"),
    "unknown numbers": along("gain,n_examples,layers", "1,0,1", "2,0,1", "1,5,2", "2,5,2"),
    "three unknown numbers": along("k", *"001122"),
    "numbers of many values": along("k", *"00112233"),
    "labels of few values": along("run,notes", "a,", "a,", "b,x", "b,"),
    "labels": along("date,checkpoint,lab,revision", "a,a,a,a", "b,b,b,b", "c,c,c,c"),
    "long values": along("prompt", *(f"{'x' * 500}{each}{'x' * 500}" for each in "aabb")),
    "values that many know": along("prompt", *(each for each in "abcdef" for _ in range(2))),
    # Notation.
    "percent signs": "scale,score,n,chance\n1,25%,90,25%\n2,30 %,90,25%\n3,80.5%,90,25%\n",
    "percent signs in some rows": "scale;score;n\n1;2,5%;90\n2;30;90\n3;80,5;90\n",
    "percentages by their size": "scale,score,n,se\n1,0,90,0\n2,30,90,4.83\n3,80.5,90,4.2\n",
    "percentages by name": "Scale,Score (%),n,stderr\n1,2.5,90,.01\n2,30,90,.04\n3,80,90,.04\n",
    "all by name": (
        "scale,% score,stderr (in %),chance_pct,other [%],other_se(%)\n"
        "1,25,4,25,30,5\n2,40,4,25,80,5\n"
    ),
    "metrics in percent": (
        "task,metric,scale,score,n\na,f1,1,25,90\na,f1,2,80,90\na,acc,1,.1,90\na,acc,2,.2,90\n"
    ),
    "two names of one kind": "scale,n,quiz,quiz (%)\n1,90,.1,10\n2,90,.3,30\n",
    "thousands": 'params,score,n\n"500,000",.1,"1,000"\n"1,000,000",.5,900\n',
    "thousands by other marks": "scale\tscore\tn\n1e6\t.1\t1 000\n2e6\t.5\t1'319\n3e6\t.6\t9\n",
    "thousands with decimal commas": "scale;score;n\n500,000;0,1;1,000\n1,500,000;0,5;900\n",
    "blanks": (
        "scale,score,n,se,length,chance,other,other_stderr,model\n1,.1,90,,-,n/a,NaN,none,\n"
        "2,.5,-,.05,,,,,a\n3,.9,,.05,,,,,b\n"
    ),
    "second scores of one task": (
        "task,scale,score,n,other\na,1,.1,9,.2\na,2,.3,9,.4\nb,1,.1,9,\nb,2,.2,9,\n"
    ),
    "row numbers": ",Unnamed: 1,params,score,n\n0,7,1e8,.1,9\n1,3,2e8,.5,9\n0,5,3e8,.6,9\n",
    "models without a title": ",params,score,n\nant-1b,1e9,.1,9\nbee-2b,2e9,.5,9\ncat,3e9,.6,9\n",
    "a column of words without a title": "params,score,n,Unnamed: 3\n1e8,.1,9,a\n2e8,.2,9,b\n",
    "a Markdown table": (
        "| Model | Size | Accuracy (%) | Items |\n|:--|--:|:-:|---|\n| a | 70M | 1 | 1,000 |\n\n"
        "| b | `1.4B` | **25** | 1,000 |\n| c | 12B | 80 | 1,000 |  |\n"
    ),
    "a Markdown table without outer marks": (
        "size | score | n\n--- | --- | ---\n1B | .1 | 9\n7B | .5 | 9"
    ),
    "a printed table": (
        "|Tasks|params|Metric|   |Value|   |Stderr|\n|--|--:|---|---|--:|---|--:|\n"
        "|quiz|1e9|acc|\u2191  |0.1|\u00b1  |0.01|\n|quiz|2e9|acc|\u2191  |0.2|\u00b1  |0.01|\n"
    ),
    "a size": "Size\tAccuracy\tItems\n7B\t22%\t100\n13B\t41%\t100\n70B\t78%\t100\n",
    "a size in billions": "Model size (B),score,n\n0.07,.1,9\n6.9,.5,9\n",
    "a logarithm by name": "log10(FLOPs),score,n\n17.8,.1,9\n22,.5,9\n",
    "tokens seen": "tokens seen,score,n\n1e9,.1,9\n2e9,.5,9\n",
    "models called by their size": "model,score,n\n7B,.1,9\n13B,.5,9\n1.5T,.9,9\n",
    # Wide tables.
    "wide": "Model,Params,Add 5-digit,spell,n\nlarge,1e10,0.95,0.75,200\nsmall,1e8,0,0.5,200\n",
    "wide with columns beside": (
        "flops,add,add_stderr,spell,spell_items,spell_chance\n1e20,.1,.01,.2,50,.25\n"
        "1e21,.3,.02,.4,60,.25\n"
    ),
    "helpers": (
        "model,size_b,learning_rate,dropout,seed,val_loss,params,n,quiz,wording,k,empty\n"
        "a,.07,6e-4,.1,0,.9,7e7,100,.1,x,1,\nb,.4,3e-4,.1,0,.8,4e8,100,.2,x,2,\n"
        "c,1,2e-4,.1,0,.7,1e9,100,.5,x,3,NaN\n"
    ),
    "columns that say so": (
        "params,n,hellaswag,harness|arc:challenge|25,gsm8k,quiz_acc,BBH,word_error_rate,"
        "word_error_rate_stderr,err_rate,quality,race\n1e8,90,.3,.3,.1,.1,.1,.9,.02,.8,.5,.1\n"
        "2e8,90,.4,.4,.2,.2,.2,.8,.02,.7,.5,.1\n"
    ),
    "wide settings": (
        "params,n,quiz,n_shot,k\n1e6,90,.3,0,1\n2e6,90,.4,0,1\n3e6,90,.5,5,1\n4e6,90,.6,5,1\n"
    ),
    "whole numbers alone": "params,n,quiz,maths\n1e8,90,10,20\n2e8,90,80,90\n",
    "wide percentages": "model\tsize\tquiz (%)\tmmlu\n70m\t70M\t1\t25%\n1b\t1B\t30\t60%\n".replace(
        "\n", "\t9\n"
    ).replace("mmlu\t9", "mmlu\tn"),
    "wide with gaps": "model,params,n,quiz,maths\na,1e8,9,.1,\nb,2e8,9,.2,.3\nc,3e8,9,-,.4\n",
    "what is constant within a task": along("task,kind", "a,x", "a,x", "b,y", "b,y"),
    "two metrics split alike": along(
        "task,metric,n_shot", *(["a,x,0", "a,y,0"] * 2 + ["a,x,5", "a,y,5"] * 2)
    ),
    "families": along("model", "lab/pythia-70m", "lab/pythia-160m-hf", "OPT-410m", "opt-1b/"),
    "families of one": along(
        "model", "pythia-70m", "pythia-160m", "pythia-1.4b-v0", "opt-1b", "gpt2"
    ),
    "a stray model": along("model", "ant-1b", "ant-2b", "bee-3b", "bee-4b", "cat-5b", "gpt2"),
    "chat models": along("model", "m-70m", "m-7b1", "m-410m-v0.1", "m-1b-chat", "m-2.8b-Chat"),
    "a family in a column": along("model,family", "a-1b,x", "a-2b,x", "b-3b,x", "b-4b,x"),
    "checkpoints of two models": along("model", "small", "small", "large", "large"),
    # Direction.
    "an error rate": "task,scale,error_rate,n\na,1,.9,90\na,2,.2,90\n",
    "less is better": "scale,score,n,chance,lower_is_better\n1,.9,90,.1,Yes\n2,.2,90,.1,yes\n",
    "more is better": "scale,score,n,metric,higher_is_better\n1,.9,90,err,1.0\n2,.2,90,err,true\n",
    "a Brier score": (
        "metric,scale,score,n,length,se\nBrier score,1,.9,90,2,.1\nBrier score,2,.2,90,2,.1\n"
    ),
    "two metrics, one of them falls": (
        "task,metric,scale,score,se\na,err,1,.9,.1\na,acc,1,.2,.1\na,err,2,.1,.1\na,acc,2,.9,.1\n"
    ),
    "losses beside an accuracy": "metric,scale,score,n\n"
    + "".join(
        f"{metric},{scale},{score},90\n"
        for scale in (1, 2)
        for metric, score in (("acc", 0.5), ("nll", 3), ("val_loss", 2), ("ppl", 9), ("bpb", 1))
    ),
    "words that every object has": (
        'task,scale,score,n,constructor,__proto__\n"constructor",1,.1,9,a,x\n"constructor",2,.2,9,b,y\n'
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_tables_are_read_as_python_reads_them(scripts: Page, path: Path, name: str) -> None:
    found = scripts.evaluate(READ, [GOOD[name], {}])
    assert "lines" not in found, found
    all_compared(python_says(GOOD[name], path), found)


def all_compared(python: Sequence[audit.Curve | str], found: dict[str, Any]) -> None:
    assert len(found["curves"]) == len(python)
    for curve, theirs in zip(python, found["curves"], strict=True):
        assert isinstance(curve, audit.Curve), python
        assert theirs["name"] == curve.name
        assert theirs["notes"] == list(curve.notes)
        for ours in ("turned", "higher_is_better", "either_way"):
            assert theirs[camel(ours)] == getattr(curve, ours)
        compared(curve, theirs)
        assert (curve.along is None) == (theirs.get("along") is None)
        if curve.along is not None:
            assert theirs["along"]["unit"] == curve.along.unit
            assert theirs["along"]["scale"] == pytest.approx(curve.along.scale.tolist())


def compared(curve: audit.Curve, theirs: dict[str, Any]) -> None:
    assert theirs["unit"] == curve.unit
    for each in ("scale", "score", "items", "stderr"):
        ours = getattr(curve, each)
        assert theirs.get(each) == (None if ours is None else pytest.approx(ours.tolist()))
    assert theirs["chance"] == curve.chance
    if curve.name != "the second score":
        assert theirs.get("chanceSource", "") == curve.chance_source
    assert theirs.get("length") == curve.length
    assert (curve.other is None) == (theirs.get("other") is None)
    if curve.other is not None:
        compared(curve.other, theirs["other"])


IN_PYTHON = "Losses are audited in Python, by python -m emergence_lib audit FILE.csv; here, choose"
# A table, and the start of the remedy.
BAD = {
    "JSON": ('[{"params": 1, "score": 0.5}]', "Paste a table: a header"),
    "JSON by line": ('{"params": 1, "score": 0.5}\n{"params": 2, "score": 0.5}\n', "Paste a"),
    "a title above": ("# Results\n\n| params | acc |\n|--|--|\n| 1 | .5 |\n", "Delete what stands"),
    "a mark of Excel above": ("sep=;\nparams;acc;n\n1;.5;9\n2;.5;9\n", "Delete what stands"),
    "blanks between cells": ("params acc n\n1 .5 9\n2 .5 9\n", "Delete what stands above"),
    "a row of blank cells above": (";;\nparams;acc;n\n1;.5;9\n", "Delete the blank rows"),
    "words below": (
        "| params | acc | n |\n|--|--|--|\n| 1 | .5 | 9 |\n\nOur own harness.\n",
        "Look for a comma inside a number or a text",
    ),
    "the steps of a run": ("step,train_loss\n1,3.5\n2,3.1\n", "Add or rename a column: scale"),
    "two columns of errors": (
        "scale,acc,se,acc_stderr\n1,.2,.1,.04\n2,.5,.1,.05\n",
        "Rename one of them",
    ),
    "percentages": ("scale,score,n\n1,2.5,9\n2,4.5,9\n", "Divide the column by 100"),
    "a slip": ("scale,score,n\n1,.1,9\n2,45.5,9\n3,.6,9\n", "Divide the column by 100"),
    "a few percentages": (
        "scale,score,n\n1,.1,9\n2,.2,9\n4,.5,9\n9,25,9\n32,60,9\n",
        "Divide the column by 100",
    ),
    "small percentages": ("scale,score (%),n\n1,.1,9\n2,.5,9\n", "Choose below what the scores"),
    "small beside large": (
        "task,scale,score,n\na,1,25,9\na,2,60.5,9\nb,1,0.5,9\nb,2,0.9,9\n",
        "Choose below what the scores",
    ),
    "a percentage above 100": ("scale,score,n\n1,12%,9\n2,145%,9\n", "Write a number"),
    "a percentage of items": ("scale,score,n\n1,.1,5%\n2,.5,9\n", "Write a number"),
    "no fraction at all": ("scale,score,n\n1,120,9\n2,.5,9\n", "Correct it"),
    "a per cent sign": ("scale,score,n\n1,12%,9\n2,.5,9\n", "Choose below what the scores"),
    "suffix": ("params,score,n\n1e8,.1,7B\n2e8,.5,9\n", "Write 7e9"),
    "empty": ("scale,score,n\n1,,9\n2,.5,9\n", "Fill it in or delete the row"),
    "empty task": ("scale,score,n,task\n1,.1,9,\n2,.5,9,a\n", "Fill it in or delete the column"),
    "words": ("scale,score,n\n1,.1,9\n2,good,9\n", "Write a number"),
    "many words": (f"scale,score,n\n1,.1,9\n2,{'so ' * 40},9\n", "Write a number"),
    "scale of 0": ("scale,score,n\n0,.1,9\n2,.5,9\n", "Add models of some size"),
    "beyond all numbers": ("scale,score,n\n1e999,.1,9\n2,.5,9\n", "Correct it"),
    "half a token": ("scale,score,n,length\n1,.1,9,1.5\n2,.5,9,1.5\n", "Correct it"),
    "an error too large": ("scale,score,se\n1,.1,.6\n2,.5,.1\n", "Divide the column by 100"),
    "decimal comma": ('scale,score,n\n1,"0,1",9\n2,.5,9\n', "Write a point"),
    "thousands": ("scale;score;n\n1,500;.1;9\n2;.5;9\n", "Write 1500 or 1.500"),
    "thousands by points": ("scale;score;n\n1;,1;1.000\n2;,5;900\n", "Write 1000 or 1.0000"),
    "no scale": ("width,score,n\n1,.1,9\n2,.2,9\n", "Add or rename a column: scale"),
    "a size of no unit": ("size,score,n\n7,.1,9\n13,.2,9\n", "Choose below what the scale is"),
    "no score": ("params,task,n\n1,a,9\n2,a,9\n", "Add or rename a column: score"),
    "two scales": ("params,n_params,score,n\n1e8,1e8,.1,9\n2e8,2e8,.2,9\n", "Rename one of them"),
    "misspelt": ("scale,score,n_itmes\n1,.1,9\n2,.5,9\n", "Rename it to 'n_items'"),
    "misspelt error": ("scale,score,n,std_error\n1,.1,9,1\n2,.5,9,1\n", "Rename it to 'stderr'"),
    "misspelt length": ("scale,score,n,lenght\n1,.1,9,1\n2,.5,9,1\n", "Rename it to 'length'"),
    "no header": ("1,0.1,9\n2,0.5,9\n", "Add a header"),
    "blank first row": ("\nparams,score,n\n1,.1,9\n", "Delete the blank rows on top"),
    "no name": ("scale,score,,n\n1,.1,x,9\n", "Name it or delete it"),
    "two of a name": ("scale,score,score\n1,.1,9\n", "Rename or delete one"),
    "twice": ("scale,score,n\n1,.1,9\n1,.2,9\n2,.5,9\n2,.5,9\n", "Average them"),
    "twice, to the last digit": ("scale,score,n\n1,.1,9\n1.0000000000000002,.2,9\n", "Average"),
    "twice, to twelve digits": ("scale,score,n\n1e9,.1,9\n1000000000.0005,.2,9\n", "Average"),
    "a long header": (f"params,task,{'x' * 100_000}\n1,a,9\n", "Add or rename a column: score"),
    "a long name": (f"task,scale,score,n\n{'x' * 100_000},1,.1,9\n", "Add models"),
    "one model": ("scale,score,n\n1,.1,9\n", "Add models"),
    "no noise": ("scale,score\n1,.1\n2,.2\n", "Add a column 'n_items'"),
    "too short": ("scale,score,n\n1,.1\n2,.2,9\n", "Look for a comma"),
    "too long": ("scale,score,n\n1,.1,9\n2,.2,9,9\n", "Look for a comma"),
    "two chances": ("scale,score,n,chance\n1,.1,9,0\n2,.2,9,.25\n", "Separate the tasks"),
    "many faults": (
        "scale,score,n\n" + "".join(f"{1000 * i},{i},0\n" for i in range(14)),
        "Correct it",
    ),
    "only a header": ("params,score,n\n", "Paste the scores"),
    "nothing but a scale of 0": ("scale,score,n\n0,.1,9\n0,.5,9\n", "Add models of some size"),
    "a negative scale": ("scale,score,n\n-7,.1,9\n2,.5,9\n", "Correct it"),
    "letters that are none": ("scale,score,n\n7BB,.1,9\n7 constructor,.5,9\n", "Write a number"),
    "billions": (
        along("notes").replace("params", "Params") + "\n7,.1,9,\n13,.5,9,\n",
        "Choose below",
    ),
    "a logarithm": ("log(FLOPs),score,n\n17.8,.1,9\n22,.5,9\n", "Choose below"),
    "a logarithm in a column of any name": (
        "scale,score,n\n20.7,.1,9\n22,.3,9\n23,.6,9\n24.2,.9,9\n",
        "Choose below what the scale is written in: log10, log2, ln, or plain",
    ),
    "a natural logarithm of tokens": (
        "tokens,score,n\n20.7,.1,9\n22,.3,9\n23,.6,9\n24.2,.9,9\n",
        "Choose below what the scale is written in: log10, log2, ln, or plain",
    ),
    "small numbers and a zero": (
        "scale,score,n\n0,0,9\n1,.1,9\n2,.3,9\n4,.6,9\n31,.9,9\n",
        "Choose below what the scale is written in: log10, log2, ln, or plain",
    ),
    "letters in some rows": (
        "params,score,n\n100M,.1,9\n1B,.3,9\n3,.6,9\n30,.9,9\n",
        "Choose below what the scale is written in: billions, millions, or plain",
    ),
    "points between thousands and before decimals": (
        "scale,score,n\n1.300,.1,9\n30.000,.3,9\n1.000.000,.9,9\n",
        "Write a point for the decimals and nothing between thousands",
    ),
    "commas between thousands and before decimals": (
        "scale;score;n\n1,5;.1;9\n1,000,000;.9;9\n",
        "Write a point for the decimals and nothing between thousands",
    ),
    "parameters in millions": (
        "params,score,n\n100,.1,9\n3000,.3,9\n300000,.9,9\n",
        "Choose below what the scale is written in: millions, or plain",
    ),
    "some logarithm": ("log_params,score,n\n7.8,.1,9\n9,.5,9\n", "Choose below"),
    "a second score in some rows": ("scale,score,n,other\n1,.1,9,.2\n2,.2,9,-\n", "Write a number"),
    "no columns of scores": ("params,n,seed,lr\n1e8,9,1,.1\n2e8,9,2,.1\n", "Add one, or name"),
    "nothing to score": ("params,n\n1e8,9\n2e8,9\n", "Add or rename a column: score"),
    "errors of nothing": ("params,n,quiz,maths_stderr\n1e8,9,.1,.1\n", "Add the column 'maths'"),
    "errors or error rates": (
        "params,n,quiz,quiz_error\n1e8,9,.1,.1\n",
        "Rename it to quiz_stderr",
    ),
    "a misspelt error": ("params,n,quiz,quiz_stder\n1e8,9,.1,.1\n", "Rename it to quiz_stderr"),
    "a task of one model": ("params,n,quiz,maths\n1e8,9,.1,.1\n2e8,9,.2,-\n", "Add models"),
    "wide percentages": ("params,n,a,b\n1e8,9,25.5,.5\n2e8,9,60.5,.9\n", "Choose below what the"),
    "a wide column of numbers": ("params,n,quiz,elo\n1e8,9,.1,910.5\n2e8,9,.2,1000.5\n", "Correct"),
    "a percentage of tokens": ("% of tokens,score,n\n7,.1,9\n100,.5,9\n", "Choose below"),
    "words that split badly": (along("wording", "a", "a", "b"), "Delete 'wording' to take them"),
    "a stray number": (along("k", *"0000111", "64"), "Delete 'k' to take them"),
    "words of several values": (along("lab", *"aabbccde"), "Delete 'lab' to take them"),
    "settings of one model each": (
        along("version,cot", "1,a", "2,b", "3,c"),
        "Add models; or delete",
    ),
    "settings of many": (along("version", *map(str, range(9))), "Add models; or delete 'version'"),
    "a template for one": (along("chat_template", "none", "x"), "Add models; or delete"),
    "a loss": ("task,scale,val_loss,n\na,1,3,9\na,2,2,9\n", IN_PYTHON),
    "two losses": ("metric,scale,score,n\nnll,1,3,9\nppl,2,2,9\n", IN_PYTHON),
    "two scores that fall": ("task,scale,err,wer,n\na,1,.3,.3,9\n", "Rename one of them"),
    "no direction": (
        "scale,score,n,lower_is_better\n1,.3,9,up\n2,.4,9,constructor\n",
        "Correct it",
    ),
    "two directions": ("scale,score,n,lower_is_better\n1,.3,9,1\n2,.4,9,0\n", "Say the same"),
    "a rate above 1": ("metric,scale,score,se\nwer,1,1.2,.1\nwer,2,.4,.1\n", "Divide the column"),
    "a rate below 0": ("metric,scale,score,se\nwer,1,-.2,.1\nwer,2,.4,.1\n", "Correct it"),
    "no errors": ("metric,scale,score,n\nece,1,.2,9\nece,2,.1,9\n", "Give standard errors in a"),
}


def faults(lines: Sequence[str]) -> list[str]:
    """Return what is wrong, without the remedies: these differ between file and page."""
    return [line.partition(" Remedy: ")[0] for line in lines]


def python_says(text: str, path: Path, **options: Any) -> list[audit.Curve] | list[str]:
    """Return the curves that Python reads, or what it finds wrong, in the words of the page."""
    path.write_text(text, encoding="utf-8")

    def without_path(said: str) -> str:
        said = said.removesuffix(" To choose, give tasks=.")  # which the page has not
        return said.replace(f"{path}, row", "row").replace(str(path), "table")

    try:
        curves = audit.read(path, **options)
    except audit.CurveError as error:
        return without_path(str(error)).split("\n")
    return [replace(each, notes=tuple(map(without_path, each.notes))) for each in curves]


@pytest.mark.parametrize("name", BAD)
def test_bad_tables_are_refused_as_python_refuses_them(
    scripts: Page, path: Path, name: str
) -> None:
    text, remedy = BAD[name]
    found = scripts.evaluate(READ, [text, {}])["lines"]
    assert f" Remedy: {remedy}" in found[0]
    assert faults(found) == faults(cast(list[str], python_says(text, path)))


@pytest.mark.parametrize("name", [each for each in HOSTILE if "half" not in each])
def test_no_fault_repeats_what_misleads_the_eye(scripts: Page, path: Path, name: str) -> None:
    mark = HOSTILE[name]
    for text in (
        f'task,scale,score,n\n"a{mark}b",1,.5,9\n',
        f'scale,score,n\n1,".5{mark}b",9\n',
        f'scale,"a{mark}b","a{mark}b"\n1,.1,9\n',
        f'scale,task,"a{mark}b"\n1,a,9\n',
        f'scale,score,n,wording\n1,.1,9,x\n2,.1,9,x\n3,.1,9,"a{mark}b"\n',
        f'scale,score,n,lower_is_better\n1,.1,9,"a{mark}b"\n',
        f'scale,score,n,metric\n1,.1,9,"a{mark}b_loss"\n',
    ):
        found = scripts.evaluate(READ, [text, {}])["lines"]
        assert all(map(str.isprintable, found))
        python = cast(list[str], python_says(text, path))
        # Languages differ in what is blank, and the page takes every line end for the same.
        assert faults(found) == faults(python) or re.search("[\r\x85\ufeff]", mark), text


def unsaid(templates: Iterable[str], said: Iterable[str]) -> list[str]:
    """Return the templates that none of some sentences fills in."""
    patterns = {each: re.sub(r"\\{.*?\\}", ".+", re.escape(each)) for each in templates}
    text = "\n".join(said)
    return [each for each, pattern in patterns.items() if not re.search(pattern, text)]


def test_every_fault_is_among_the_bad_tables(scripts: Page) -> None:
    tables = [*([text, {}] for text, _ in BAD.values()), [GOOD["long form"], {"items": 50}]]
    tables.append([GOOD["long form"], {"scaleUnit": "billions"}])
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
CELLS += ["x", "9", "1 300 000", "1.3B", "true", "12 %", "1,000", "n/a", "25", "60.5"]
GOOD_CELLS = {"n": "9", "n_items": "9", "items": "9", "se": ".1", "task": "a", "metric": "b"}
GOOD_CELLS |= {"chance": "0", "length": "1", "other": ".5", "other_se": ".1", "notes": "none"}
ANY_OF = {
    "task": ["a", "a", "piqa", "gsm8k"],
    "metric": ["acc", "acc", "err", "nll", "brier"],
    "model": ["a", "b", "m-1b", "m-2b", "k-3b", "k-4b", "", "gpt2"],
    "n_shot": ["0", "5", "0.0", ""],
    "Wording": ["short", "long", "Long"],
    "version": ["1", "2"],
    "k": ["0", "1", "5", "", "8"],
    "hint": ["none", "-", "lora", "1"],
    "notes": ["", "a", "b"],
    "revision": ["none", "x", "y", "z"],
    "tokens": ["1e9", "2e9", "3e9", "", "many"],
    "train-flops": ["1e20", "1e21", "1e22", "20"],
    "lower is better": ["true", "0", ""],
    "chance": ["", "0.25"],
}
"""Columns of which any cell is as good as another, but not always together."""


def random_table(rng: np.random.Generator) -> str:
    """Return a table of one to four models, in which any cell may be bad."""
    header = ["Params", "score", *rng.permutation(list(GOOD_CELLS))[: rng.integers(1, 5)]]
    bad = rng.choice([0, 0, 0.1, 0.4])
    lines = [header]
    for scale in rng.choice(30, size=rng.integers(1, 5)):
        good = [f"{scale + 1}e4", ".5", *(GOOD_CELLS[name] for name in header[2:])]
        lines.append([rng.choice(CELLS) if rng.uniform() < bad else cell for cell in good])
    return written(rng, lines)


def mixed_table(rng: np.random.Generator) -> str:
    """Return a table of several models, in which settings, tasks and scales may differ."""
    more = list(rng.permutation(list(ANY_OF))[: rng.integers(1, 5)])
    lines = [[rng.choice(["params", "scale", "tokens "]), "score", "n", "se", *more]]
    models = int(rng.integers(2, 9))
    mixed = rng.choice([0, 0, 1], size=len(more))
    for scale in rng.permutation(models):
        # A column differs half way, anywhere, or nowhere.
        at = [rng.integers(99) if any_row else (2 * scale >= models) for any_row in mixed]
        cells = [
            ANY_OF[name][each % len(ANY_OF[name])] for name, each in zip(more, at, strict=True)
        ]
        zero = scale == 0 and rng.uniform() < 0.3
        lines.append(["0" if zero else f"{scale + 1}0M", ".5", "9", ".1", *cells])
    return written(rng, lines)


SCORES = {
    "shares": [".1", "0.25", "0", ".5", "0.9", "1"],
    "percentages": ["10", "25.5", "0", "50", "90.25", "0.5", "100"],
    "signed": ["10%", "25.5 %", "0%", "50%", "7%"],
    "whole": ["1", "2", "0", "64"],
    "small": ["0.001", "0.0003", "2e-4"],
    "words": ["x", "y"],
    "gaps": ["", ".2", "n/a", ".5", ".6"],
    "same": [".1"],
}
COLUMNS = ["quiz", "maths", "quiz (%)", "hellaswag", "MMLU [%]", "quiz_acc", "quiz_stderr", "lr"]
COLUMNS += ["quiz_items", "quiz_chance (%)", "seed", "val_loss", "err", "spread", "n_shot", "n"]
COLUMNS += ["", "Unnamed: 0", "stderr", "tokens seen", "size", "maths_error", "quiz_stder"]


def wide_table(rng: np.random.Generator) -> str:
    """Return a table with some columns of scores, written in any way, and others."""
    header = list(rng.permutation(COLUMNS)[: rng.integers(1, 6)])
    kinds = [str(rng.choice(list(SCORES))) for _ in header]
    lines = [["Size", "model", *header]]
    for at in range(int(rng.integers(2, 6))):
        cells = [str(rng.choice(SCORES[kind])) for kind in kinds]
        lines.append([f"{at + 1}0M", f"m{at}", *cells])
    return written(rng, lines)


def written(rng: np.random.Generator, lines: list[list[str]]) -> str:
    mark, end = str(rng.choice([",", ";", "\t", "|"])), str(rng.choice(["\n", "\r\n", "\r"]))
    quoted = [[f'"{cell}"' if mark in cell else cell for cell in line] for line in lines]
    return end.join(map(mark.join, quoted))


@pytest.mark.parametrize(
    ("table", "tables"), [(random_table, 200), (mixed_table, 400), (wide_table, 400)]
)
def test_random_tables_are_read_or_refused_as_by_python(
    scripts: Page, path: Path, table: Callable[[np.random.Generator], str], tables: int
) -> None:
    rng, read = np.random.default_rng(8), 0
    for _ in range(tables):
        text = table(rng)
        unit = rng.choice([*["", ""] * len(KNOWN["scale"]["units"]), *KNOWN["scale"]["units"]])
        percent = [None, None, None, True, False][rng.integers(5)]
        said = {"items": 50} if table is wide_table and rng.uniform() < 0.7 else {}
        python = python_says(text, path, scale_unit=str(unit) or None, percent=percent, **said)
        options = said if percent is None else {**said, "percent": percent}
        found = scripts.evaluate(READ, [text, {"scaleUnit": str(unit), **options}])
        if "lines" in found:
            assert faults(found["lines"]) == faults(cast(list[str], python)), text
            continue
        read += 1
        all_compared(python, found)
    assert 0.15 < read / tables < 0.85


@pytest.mark.parametrize("unit", KNOWN["scale"]["units"])
def test_a_scale_may_be_written_in_any_unit(scripts: Page, path: Path, unit: str) -> None:
    for cells in (
        ["7", "13", "70"],
        ["1.3", "2.5e1", "7B"],
        ["400", "1e999", "-3"],
        ["0", "1", "2"],
        ["1", "3", "3e11"],
    ):
        text = "params,score,n\n" + "".join(f"{cell},.5,9\n" for cell in cells)
        python = python_says(text, path, scale_unit=unit)
        found = scripts.evaluate(READ, [text, {"scaleUnit": unit}])
        if "lines" in found:
            assert faults(found["lines"]) == faults(cast(list[str], python))
        else:
            all_compared(python, found)


def test_options_say_what_the_table_does_not(scripts: Page) -> None:
    text = "scale,score\n1,0.3\n2,0.4\n"
    options = {"items": 50, "chance": 0.25, "length": 3}
    (curve,) = scripts.evaluate(READ, [text, options])["curves"]
    assert (curve["items"], curve["chance"], curve["length"]) == ([50, 50], 0.25, 3)
    found = scripts.evaluate(READ, [GOOD["chance and length"], options])
    assert "80 items in the table, 50 in the option" in found["lines"][0]


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("chance", [0.333, 0.5])
def test_a_chance_level_given_fills_in_what_nobody_else_says(
    scripts: Page, path: Path, name: str, chance: float
) -> None:
    python = cast(list[audit.Curve], python_says(GOOD[name], path, chance=chance))
    found = scripts.evaluate(READ, [GOOD[name], {"chance": chance}])
    # How it could be set, each program says in its own words.
    apart = re.compile(r"(?<=not used here; ).*(?= would set it\.)")
    for curve, theirs in zip(python, found["curves"], strict=True):
        assert [apart.sub("", each) for each in theirs["notes"]] == [
            apart.sub("", each) for each in curve.notes
        ]
        for note in theirs["notes"]:
            assert set(apart.findall(note)) <= {"the column 'chance'"}
        theirs["notes"] = list(curve.notes)
    all_compared(python, found)


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("better", ["more", "less"])
def test_the_form_may_say_what_is_better(scripts: Page, path: Path, name: str, better: str) -> None:
    python = python_says(GOOD[name], path, lower_is_better=better == "less")
    found = scripts.evaluate(READ, [GOOD[name], {"better": better}])
    if "lines" in found:
        assert faults(found["lines"]) == faults(cast(list[str], python))
    else:
        all_compared(python, found)


@pytest.mark.parametrize("column", ["n_shot", "tokens", "lower is better", "model", "notes"])
def test_a_column_left_out_is_as_if_it_were_not_there(
    scripts: Page, path: Path, column: str
) -> None:
    rng, seen = np.random.default_rng(3), 0
    while seen < 20:
        text = mixed_table(rng)
        mark = next((each for each in ",;\t" if each in text.splitlines()[0]), " ")
        rows = [[cell.strip() for cell in line.split(mark)] for line in text.splitlines()]
        if column not in rows[0][1:] or column == rows[0][0] or '"' in text:
            continue
        seen += 1
        at = rows[0].index(column)
        fewer = "\n".join(mark.join(row[:at] + row[at + 1 :]) for row in rows)
        leave = [column.replace(" ", "_")]
        found = scripts.evaluate(READ, [text, {"leave": leave}])
        wanted = scripts.evaluate(READ, [fewer, {}])
        for each in (*found.get("curves", ()), *wanted.get("curves", ())):
            del each["guesses"]
        assert found == wanted


def test_every_note_of_a_reader_is_among_the_tables(scripts: Page) -> None:
    tables = [[text, options] for text in GOOD.values() for options in ({}, {"chance": 0.4})]
    tables.append([GOOD["letters"], {"scaleUnit": "billions"}])
    curves = [each for table in tables for each in scripts.evaluate(READ, table)["curves"]]
    said = [note for each in curves for note in (*each["notes"], each.get("chanceSource") or "")]
    # The page pools no repeats, and only of those can one scale have two others.
    pooled = [PHRASES["note"][each] for each in ("copied", "pooled", "along_differs")]
    notes = [each if isinstance(each, str) else each[-1] for each in PHRASES["note"].values()]
    assert unsaid(notes, said) == pooled


def sentences(report: audit.Report) -> list[str]:
    """Return what Python says, but for the lines that it simulates, which the page does not.

    What tells what to do is told in the words of the form.
    """
    hints = {phrase("reason", each): PHRASES["reason"][each][-1] for each in HINTS}
    said = [words.sentence(report), *(hints.get(each, each) for each in words.reasons(report))]
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
            "told": (
                "higher_is_better",
                ".9,400,yes .8,400,yes .5,400,yes .3,400,yes .1,400,yes",
            ),
            "rate": ("metric", ".02,500,ab .1,500,ab .5,500,ab .8,500,ab .9,500,ab"),
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
        gap=width and any_of((1.3e9, 2.7e9), (9.994e8, 2.7e9), (3.0, 12_340.0)),
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
    templates = [each for kind in spoken for each in PHRASES[kind].values()]
    assert unsaid([x if isinstance(x, str) else x[-1] for x in templates], said) == []
    phrases = {
        *("by -6.1 to +1.2 points", "score falls over 0.12 to 0.37 decades", "over at most 0.62"),
        *("less than the limit of 0.35 decades", "limit of 1 decade,", "and so does other"),
        *("over no rise that", "3 models, and at least 4", "of +10.0 to +30.0 points"),
        *("its first 12% was", "decades), but other could", ": 62% of the rise lies"),
        *("takes at least 1.14", "any number of decades", "From scale 1.23e8 on"),
        *("From 123 million parameters on", "chance (0.25); at", "about 2.6e-5 might"),
        *("at 100 million parameters (10 million to 1 billion)", "at least 1 million"),
        *("at scale 1e8 (1e7 to 1e9)", "models (1.3 to 2.7 billion parameters) and is left"),
        *("(999 million to 2.7 billion parameters)", "(scale 3 to 1.23e4), and what"),
        *("(3 to 12,300 parameters)", "could be anywhere", "(0.26 decades)"),
        *("level off at 0.62;", "Only 12% of the way to a score of 0.62", "(n = 12 models)"),
        *("the a, 2.3 ahead of the b", "the a; within 2 of it: b, c", "curve 2.2 times as"),
        *("points either way, at 95%: borderline.", "(it begins at 1.51)", "(it ends at 0.37)"),
        *("By QAICc (n", "By AICc (n", "(0, 0.2, 0.33), and", "(0 to 0.31), and"),
        *("nobody said the chance level", "said whether more is better", "that the score starts"),
        *("starts from 0.69: smooth, ", "At a chance level of 0.2: flat, "),
        *(
            "Chance level 0.25, as the files say.",
            "Up to 32.1 million parameters scores",
            "1.70 to 2.40",
        ),
        *("for 62% of the", "6 times the models over the same range or 4 times the test items"),
        *(
            "At 15.7 billion parameters the score",
            "be 0.620 (0.610 to 0.623), if",
            "(0.00 to 0.99)",
        ),
    }
    assert {each for each in phrases if each not in "\n".join(said)} == set()


def test_numbers_are_written_as_python_writes_them(scripts: Page) -> None:
    for value in (0, 1, 0.25, 1e-5, 123456789, 1.26e8, 0.000123456, 99.95, 1e15, 0.5, -0.3, 1e-120):
        for digits in (2, 3, 6):
            found = scripts.evaluate(f"emWorkbench.number({value!r}, {digits})")
            assert found == number(value, digits)
    for value in (
        0.5,
        999.4,
        999.6,
        1000,
        12_345,
        12_345.6,
        999_600,
        1.285e10,
        9.996e11,
        9.99e14,
        9.996e14,
    ):
        for digits in (3, 6):
            said = scripts.evaluate(f"emWorkbench.counted({value!r}, {digits})")
            assert said == counted(value, digits)


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
        wanted = "Row 2, column 'score': found '2.5', want a fraction from 0 to 1"
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


COPIED = {
    "spreadsheet": (
        "size\taccuracy\titems\n0.4B\t1%\t100\n1B\t2%\t100\n3B\t5%\t100\n7B\t22%\t100\n"
        "13B\t41%\t100\n70B\t78%\t100\n"
    ),
    "Markdown": (
        "| Model | Size | Accuracy | Items |\n|---|--:|--:|--:|\n| a | 400M | 1% | 1,000 |\n"
        "| b | 1B | 2% | 1,000 |\n| c | 7B | 22% | 1,000 |\n| d | 13B | 41% | 1,000 |\n"
        "| e | 70B | 78% | 1,000 |\n"
    ),
}


@pytest.mark.parametrize("name", COPIED)
def test_a_table_as_it_was_copied_gets_its_verdict_in_one_press(
    browser: Browser, tmp_path: Path, name: str
) -> None:
    (curve,) = cast(list[audit.Curve], python_says(COPIED[name], tmp_path / "curve.csv"))
    with opened(browser, tmp_path) as page:
        page.locator("textarea").fill(COPIED[name])
        page.get_by_role("button", name="Audit").click()
        found = page.locator(".em-wb-verdict").inner_text()
        assert found == words.sentence(audit.audit(curve))
        said = page.locator(".em-wb-output").inner_text()
        assert "as parameters: '" in said
        assert "as percentages, by its sign: '1%' as 0.01." in said


def test_what_could_be_percentages_is_settled_in_the_form(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path) as page:
        page.locator("textarea").fill(BAD["small percentages"][0])
        for chosen, said in (("percentages", "'.1' as 0.001"), ("shares", "2 models, and at")):
            page.get_by_role("button", name="Audit").click()
            page.get_by_role("alert").filter(has_text="Choose below what the scores").wait_for()
            if chosen == "percentages":
                page.get_by_text("What the table does not say").click()
            page.get_by_label("Scores are written as").select_option(chosen)
            page.get_by_role("button", name="Audit").click()
            page.locator(".em-wb-output", has_text=said).wait_for()
            page.get_by_label("Scores are written as").select_option("")


def test_a_hundred_thousand_rows_are_read(scripts: Page) -> None:
    read = """([header, row]) => {
      const rows = Array.from({ length: 100000 }, (_, i) => row.replaceAll("I", i + 1));
      return emWorkbench.read([header, ...rows].join("\\n"), {}).map(({ scale, score }) => [
        scale.length, scale[99999], score[0],
      ]);
    }"""
    for header, row in (
        ("params,score,n,chance,tokens", "1eI,.5,9,,I".replace("1eI", "I0000")),
        ("size\taccuracy\titems", "IM\t50%\t1,000"),
        ("size\thellaswag\tquiz\tn", '"IM"\t50\t"some ""words"" I"\t9'),
    ):
        (found,) = scripts.evaluate(read, [header, row])
        assert found == [100_000, 1e9 if "params" in header else 1e11, 0.5]


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
            ("Test items", "1.319", "found '1.319': decimal point or thousands"),
            ("Tokens of an answer", "0x10", "found '0x10', want a whole number of tokens"),
            ("Tokens of an answer", "1e20", "found '1e20', want a whole number of tokens"),
            ("Best possible score", "0", "found '0', want it above chance, 0"),
            ("Best possible score", "0.3", "found '0.3', but a model of"),
        ):
            page.get_by_label(label).fill(text)
            page.get_by_role("button", name="Audit").click()
            page.get_by_role("alert").filter(has_text=f"{label}: {wanted}").wait_for()
            page.get_by_label(label).fill("")


def test_a_doubtful_scale_is_asked_for_and_settled_in_the_form(
    browser: Browser, tmp_path: Path
) -> None:
    with opened(browser, tmp_path) as page:
        page.locator("textarea").fill("params,score,n\n7,.1,90\n13,.5,90\n70,.9,90\n")
        page.get_by_role("button", name="Audit").click()
        asked = page.get_by_role("alert").inner_text()
        assert "'params' runs from 7 to 70, as billions or millions would" in asked
        assert "Choose below what the scale is written in: billions, millions, or plain" in asked
        page.get_by_text("What the table does not say").click()
        page.get_by_label("Scale is written in").select_option("billions")
        page.get_by_role("button", name="Audit").click()
        page.locator(".em-wb-verdict", has_text="3 models, and at least 4").wait_for()
        note = page.get_by_text("The scale was written as billions and converted, as asked.")
        assert note.count() == 1
        # An example begins anew.
        page.get_by_role("button", name=findings.SUMS).click()
        page.locator("svg", has_text="parameters").wait_for()
        assert page.get_by_label("Scale is written in").input_value() == ""


def audited(page: Page, text: str) -> None:
    """Put a table into the form and press the button."""
    page.locator("textarea").fill(text)
    page.get_by_role("button", name="Audit").click()


def reading(page: Page) -> list[str]:
    """Return the lines that say how the table was read, without their buttons."""
    lines = "all => all.map((each) => each.firstChild.textContent)"
    return cast(list[str], page.locator(".em-wb-reading li").evaluate_all(lines))


def test_a_guess_is_said_above_the_result_and_undone_by_keyboard(
    browser: Browser, tmp_path: Path
) -> None:
    with opened(browser, tmp_path) as page:
        audited(page, GOOD["shots"])
        page.get_by_role("status").filter(has_text="2 curves audited.").wait_for()
        columns = "I read 'params' as parameters, 'score' as the score, 'n' as the number of items."
        split = "I took rows of different n_shot for curves of their own."
        assert reading(page) == [columns, split]
        order = page.locator(".em-wb-reading, .em-wb-result").first.get_attribute("class")
        assert order == "em-wb-reading"
        page.get_by_role("button", name="Take them for one curve").focus()
        page.keyboard.press("Enter")
        page.get_by_role("status").filter(has_text="curve. ").wait_for()
        left = "Columns to leave out: n_shot, as you said."
        assert reading(page) == [columns, left]
        assert page.locator(".em-wb-result").count() == 1
        # The keyboard stays at the results: the next stop is the first button there.
        assert page.locator(".em-wb-output").evaluate("each => each === document.activeElement")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Undo"
        page.keyboard.press("Enter")
        page.get_by_role("status").filter(has_text="2 curves audited.").wait_for()
        assert reading(page) == [columns, split]


def test_a_column_taken_for_the_scale_is_told_once(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path) as page:
        audited(page, "Size,acc,n\n400M,.1,90\n1.3 billion,.2,90\n7B,.5,90\n")
        scale = "I read 'Size' as parameters: '400M' as 400 million."
        rest = "I read 'acc' as the score, 'n' as the number of items."
        page.get_by_text(scale).first.wait_for()
        assert reading(page) == [rest, scale]
        audited(page, "Size,maths,maths_items\n400M,.1,90\n7B,.5,90\n")
        page.get_by_text("as tasks: maths").first.wait_for()
        assert reading(page) == ["I read these columns as tasks: maths.", scale]


def test_less_is_better_by_name_may_be_contradicted(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path) as page:
        audited(page, GOOD["an error rate"])
        turned = "Less is better by 'error_rate', as its name says: the scores are 1 minus it."
        page.get_by_text(turned).wait_for()
        assert page.get_by_text(turned).count() == 1
        page.get_by_role("button", name="More is better").click()
        page.get_by_text("Better is: more, as you said.").wait_for()
        assert page.get_by_text(turned).count() == 0


def test_percentages_by_size_are_told_and_contradicted_in_the_field(
    browser: Browser, tmp_path: Path
) -> None:
    with opened(browser, tmp_path) as page:
        audited(page, "params,score,n\n1e8,12,90\n1e9,45.5,90\n1e10,81,90\n")
        page.get_by_text("I read 'score' as percentages").wait_for()
        # As shares such numbers can only be refused, so no button leads there.
        assert page.get_by_role("button", name="shares").count() == 0
        page.get_by_text("What the table does not say").click()
        page.get_by_label("Scores are written as").select_option("shares")
        page.get_by_role("button", name="Audit").click()
        page.get_by_role("alert").filter(has_text="want a fraction from 0 to 1").wait_for()


def test_a_column_named_as_objects_are_is_no_scale(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path) as page:
        audited(page, "constructor,params,score,n\n1,1e8,.1,90\n2,1e9,.4,90\n3,1e10,.8,90\n")
        page.get_by_role("status").filter(has_text="curve").wait_for()
        assert page.get_by_role("button", name="constructor").count() == 0


def test_a_built_in_chance_level_may_be_left_open(browser: Browser, tmp_path: Path) -> None:
    rows = "".join(f"hellaswag,{3**at}e7,{0.2 + 0.1 * at:.1f},400\n" for at in range(7))
    with opened(browser, tmp_path) as page:
        audited(page, f"task,params,score,n\n{rows}")
        page.get_by_text("I took 0.25 as the score of guessing, as built in for").wait_for()
        page.get_by_role("button", name="Leave it open").click()
        page.get_by_text("Score of guessing: unknown, as you said.").wait_for()
        assert page.get_by_text("Chance level 0.25").count() == 0
        page.get_by_role("button", name="Undo").click()
        page.get_by_text("Chance level 0.25").wait_for()


@pytest.mark.parametrize("others", [[], ["tokens"], ["tokens", "train_flops"]])
def test_another_scale_may_be_taken(browser: Browser, tmp_path: Path, others: list[str]) -> None:
    rows = [",".join([f"{at}e{8 + each}" for each in range(len(others))]) for at in range(1, 6)]
    with opened(browser, tmp_path) as page:
        audited(page, along(",".join(others or ["notes"]), *rows))
        page.locator(".em-wb-result").wait_for()
        assert page.get_by_role("button", name="for the scale").count() == len(others)
        if others:
            page.get_by_role("button", name="Take 'tokens' for the scale").click()
            page.locator("svg text", has_text="training tokens").wait_for()


@pytest.mark.parametrize(
    ("name", "button"),
    [
        ("billions", "billions"),
        ("misspelt", "Leave out 'n_itmes'"),
        ("words that split badly", "Leave out 'wording'"),
        ("two scales", "Take 'n_params'"),
    ],
)
def test_a_way_out_of_a_fault_is_one_press(
    browser: Browser, tmp_path: Path, name: str, button: str
) -> None:
    with opened(browser, tmp_path) as page:
        audited(page, BAD[name][0])
        alert = page.get_by_role("alert").inner_text()
        page.get_by_role("button", name=button).click()
        page.locator(".em-wb-reading li", has_text="as you said.").wait_for()
        again = page.get_by_role("alert")
        assert again.count() == 0 or again.inner_text() != alert


def test_what_is_missing_is_asked_for_in_place(browser: Browser, tmp_path: Path) -> None:
    falling = (f"{score},400,a" for score in (0.9, 0.8, 0.5, 0.3, 0.1))
    with opened(browser, tmp_path) as page:
        verdict = page.locator(".em-wb-verdict")
        audited(page, "params,score\n1e8,.1\n1e9,.5\n1e10,.9\n")
        page.get_by_label("How many test items").fill("100")
        page.keyboard.press("Enter")
        verdict.filter(has_text="3 models, and at least 4").wait_for()
        page.get_by_label("Test items", exact=True).evaluate("each => each.value = ''")

        audited(page, table("notes", *falling))
        verdict.filter(has_text="nobody said whether more is better").wait_for()
        page.get_by_role("button", name="Less is better").click()
        page.get_by_text("Better is: less, as you said.").wait_for()
        assert "whether more is better" not in verdict.inner_text()
        page.get_by_role("button", name="Undo").click()

        audited(page, findings.examples()[findings.LETTERS].replace("chance", "notes", 1))
        verdict.filter(has_text="nobody said the chance level").wait_for()
        page.get_by_label("What does guessing score?").fill("0.25")
        page.get_by_role("button", name="Go on").click()
        page.get_by_text("Score of guessing: 0.25, as you said.").wait_for()
        verdict.filter(has_text="Sharp by the metric").wait_for()


def test_an_example_leaves_the_way_back_to_ones_table(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path) as page:
        area, back = page.locator("textarea"), page.get_by_role("button", name="Back to my table")
        page.get_by_role("button", name=findings.SUMS).click()
        assert back.is_hidden(), "there was no table"
        page.locator(".em-wb-result").wait_for()
        audited(page, GOOD["a start at 0"])
        page.get_by_text("What the table does not say").click()
        page.get_by_label("Test items").fill("90")
        for name in (findings.WORDS, findings.LETTERS):
            page.get_by_role("button", name=name).click()
        assert page.get_by_label("Test items").input_value() == ""
        back.click()
        assert area.input_value() == GOOD["a start at 0"]
        assert page.get_by_label("Test items").input_value() == "90"
        assert back.is_hidden()
        assert area.evaluate("each => each === document.activeElement")
        # Of several tables, none is lost.
        page.get_by_role("button", name=findings.WORDS).click()
        area.fill(GOOD["shots"])
        page.get_by_role("button", name=findings.WORDS).click()
        found = []
        for _ in range(3):
            back.click()
            found.append(area.input_value())
        assert found == [GOOD["shots"], GOOD["a start at 0"], GOOD["shots"]]


def test_table_and_settings_survive_a_reload_until_they_are_cleared(
    browser: Browser, tmp_path: Path
) -> None:
    with opened(browser, tmp_path) as page:
        area, back = page.locator("textarea"), page.get_by_role("button", name="Back to my table")
        audited(page, GOOD["shots"])
        page.get_by_role("button", name="Take them for one curve").click()
        page.reload()
        assert area.input_value() == GOOD["shots"]
        assert "as you left it" in page.get_by_role("status").inner_text()
        page.get_by_role("button", name="Audit").click()
        page.get_by_text("Columns to leave out: n_shot, as you said.").wait_for()
        page.get_by_role("button", name=findings.SUMS).click()
        page.reload()
        back.click()
        assert area.input_value() == GOOD["shots"]
        page.get_by_text("Columns to leave out: n_shot, as you said.").wait_for()

        page.get_by_role("button", name="Clear").click()
        assert area.input_value() == ""
        assert page.locator(".em-wb-result").count() == 0
        assert page.evaluate("sessionStorage.length + localStorage.length") == 0
        back.click()
        assert area.input_value() == GOOD["shots"]
        page.get_by_role("button", name="Clear").click()
        area.fill("params")
        page.reload()
        assert area.input_value() == "params"
        assert back.is_hidden(), "what was cleared is forgotten"


@pytest.mark.parametrize("stored", ["3", "[null]", '[{"table": "x", "said": {"no": "y"}}]', "{"])
def test_what_another_wrote_into_the_storage_does_no_harm(
    browser: Browser, tmp_path: Path, stored: str
) -> None:
    with opened(browser, tmp_path) as page:
        page.evaluate("text => sessionStorage.setItem('em-workbench', text)", stored)
        page.reload()
        page.get_by_role("button", name=findings.SUMS).click()
        page.locator(".em-wb-result").wait_for()


def test_without_any_storage_the_form_only_forgets(browser: Browser, tmp_path: Path) -> None:
    refused = "Object.defineProperty(window, 'sessionStorage', { get() { throw Error('no'); } })"
    context = browser.new_context()
    context.add_init_script(refused)
    with opened(cast(Browser, context), tmp_path) as page:
        audited(page, GOOD["long form"])
        page.get_by_role("button", name=findings.SUMS).click()
        page.get_by_role("button", name="Back to my table").click()
        assert page.locator("textarea").input_value() == GOOD["long form"]
        page.get_by_role("button", name="Clear").click()
        assert page.get_by_role("status").inner_text() == "Cleared."
    context.close()


def test_what_is_too_large_is_refused_with_the_limit(browser: Browser, tmp_path: Path) -> None:
    rows = [f"{1e6 * 1.1**at:.6g},.5,90" for at in range(201)]
    with opened(browser, tmp_path) as page:
        for text, said in (
            ("\n".join(["", *rows]), "201 models in one curve, and this page takes 200"),
            ("\n1e9,.5,90" * 5001, "Table: 5,001 rows, and this page takes 5,000"),
            ("x" * 5_000_001, "Scores.csv: more than 5 MB"),
        ):
            choose(page, tmp_path, f"params,score,n{text}")
            alert = page.get_by_role("alert").filter(has_text=said)
            alert.wait_for()
            assert "use the command line" in alert.inner_text()
        assert len(page.locator("textarea").input_value()) < 100_000


def choose(page: Page, folder: Path, text: str) -> None:
    """Choose a file with a table, as for those that are long: typed, they would take minutes."""
    path = folder / "scores.csv"
    path.write_text(text, encoding="utf-8")
    page.get_by_label("Or choose a file").set_input_files(path)


def test_a_long_audit_tells_how_far_it_is_and_can_be_stopped(
    browser: Browser, tmp_path: Path
) -> None:
    rows = [
        f"t{task},{10**scale}e6,{score},200"
        for task in range(400)
        for scale, score in enumerate((0.02, 0.1, 0.5, 0.8, 0.9))
    ]
    with opened(browser, tmp_path) as page:
        bar, stop = page.get_by_role("progressbar"), page.get_by_role("button", name="Stop")
        assert bar.is_hidden()
        assert stop.is_hidden()
        choose(page, tmp_path, "\n".join(["task,params,score,n", *rows]))
        page.locator(".em-wb-result").nth(2).wait_for()
        assert page.get_by_role("status").inner_text() == "Auditing 400 curves …"
        stop.focus()
        page.keyboard.press("Enter")
        said = page.get_by_role("status").inner_text()
        done = page.locator(".em-wb-result").count()
        assert 3 <= done < 400
        assert said == f"Stopped after {done} of 400 curves."
        assert page.locator(".em-wb-output").evaluate("each => each === document.activeElement")
        assert bar.is_hidden()
        assert stop.is_hidden()
        page.evaluate("() => new Promise((resume) => setTimeout(resume, 300))")
        assert page.locator(".em-wb-result").count() == done
        page.get_by_role("button", name=findings.SUMS).click()
        page.get_by_role("status").filter(has_text="3-digit addition").wait_for()
        assert page.locator(".em-wb-result").count() == 1


def test_chance_is_drawn_only_if_somebody_said_it(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path) as page:
        for header, chance, lines in (("notes", "a", 0), ("chance", "0", 0), ("chance", ".25", 1)):
            rows = [f"{score},100,{chance}" for score in (0.3, 0.5, 0.8, 0.9)]
            page.locator("textarea").fill(table(header, *rows))
            page.get_by_role("button", name="Audit").click()
            page.locator(".em-wb-result").wait_for()
            assert page.locator(".em-wb-result svg .em-wb-chance").count() == lines


@pytest.mark.parametrize("name", findings.examples())
@pytest.mark.parametrize("sharp", [0.5, 1.0])
def test_the_limit_and_the_width_are_drawn_in_the_decades_of_the_axis(
    browser: Browser, tmp_path: Path, name: str, sharp: float
) -> None:
    width = findings.report(name).width
    assert width is not None
    with opened(browser, tmp_path) as page:
        page.get_by_text("What the table does not say").click()
        page.locator("textarea").fill(findings.examples()[name])
        page.get_by_label("Sharp below (decades)").fill(str(sharp))
        page.get_by_role("button", name="Audit").click()
        svg = page.locator(".em-wb-result svg")
        x = "(all) => all.map((each) => ['x1', 'x2'].map((end) => Number(each.getAttribute(end))))"
        up = svg.locator(".em-wb-grid").evaluate_all(x)
        one, two = [at for at, end in up if at == end][:2]  # powers of ten
        limit, *_ = svg.locator(".em-wb-limit").evaluate_all(x)
        rise, *_ = svg.locator(".em-wb-width").evaluate_all(x)
        assert limit[1] - limit[0] == pytest.approx(sharp * (two - one))
        ends = [(each - limit[0]) / (two - one) for each in rise]
        assert ends == pytest.approx([width.low, width.high], rel=1e-3)
        unit = "decade" if sharp == 1 else "decades"
        assert f"the limit, {sharp:g} {unit}" in str(svg.get_attribute("aria-label"))
        assert page.get_by_text(f"limit for sharp: {sharp:g} {unit}").count() == 1
        assert page.locator("dl").inner_text().count(f"{sharp:g} {unit}") >= 1


def test_a_limit_longer_than_the_axis_ends_with_it(browser: Browser, tmp_path: Path) -> None:
    text = table("chance", *(f"{score},900,0" for score in (0.02, 0.1, 0.5, 0.9)))
    with opened(browser, tmp_path) as page:
        page.get_by_text("What the table does not say").click()
        page.get_by_label("Sharp below (decades)").fill("30")
        audited(page, text)
        page.locator(".em-wb-result").wait_for()
        limit = page.locator(".em-wb-limit")
        assert limit.count() == 2, "a line and one tick"
        right = page.locator(".em-wb-grid").first.get_attribute("x2")
        assert limit.first.get_attribute("x2") == right


def test_the_gap_that_holds_the_rise_is_shaded_and_told(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path) as page:
        page.get_by_role("button", name=findings.SUMS).click()
        gap = page.locator(".em-wb-gap")
        gap.wait_for()
        ends = gap.evaluate("each => [each.x, each.width].map((each) => each.baseVal.value)")
        dots = page.locator(".em-wb-point").evaluate_all(
            "all => all.map((each) => each.cx.baseVal.value)"
        )
        assert [ends[0], sum(ends)] == pytest.approx(dots[-2:])
        told = f"with {findings.report(findings.SUMS).leap:.0%} of the rise"
        assert told in page.locator("dl").inner_text()
        assert told in str(page.locator(".em-wb-result svg").get_attribute("aria-label"))
        page.get_by_role("button", name=findings.WORDS).click()
        page.locator(".em-wb-name", has_text="LAMBADA").wait_for()
        assert gap.count() == 0, "no gap holds so much"


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
            'task,scale,score,n\n"a\u202eb\nc",1,0,9\n"a\u202eb\nc",2,1,9\n'
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
