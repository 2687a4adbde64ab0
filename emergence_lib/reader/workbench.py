"""A form that audits a table in the page itself; audit.js and workbench.js do the work."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape

from emergence_lib.reader.controls import OWN_KEYS
from emergence_lib.reader.output import Output

ASSETS = ("workbench.css", "audit.js", "workbench.js")
OPTIONS = (
    ("chance", "Score of guessing", "unknown"),
    ("items", "Test items", "in the table"),
    ("length", "Tokens of an answer", "unknown"),
    ("sharp", "Sharp below (decades)", "1"),
    ("ceiling", "Best possible score", "unknown"),
)
COMMAND = "python -m emergence_lib audit scores.csv"


def workbench(examples: Mapping[str, str], known: Mapping[str, object]) -> Output:
    """Return the form.

    Parameters
    ----------
    examples : mapping of str to str
        What a button says, and the table it puts into the form, as CSV text.
    known : mapping
        What the script goes by, ready for JSON: ``columns``, the names that a column may have by
        what it is, the preferred one first; ``limits`` of cells; ``phrases``, all that is said; and
        the rest of `audit.reading.carried`.

    Raises
    ------
    ValueError
        If there is no example.
    """
    if not examples:
        raise ValueError("examples: found none, want at least one")
    # "</" would end the script element.
    data = json.dumps({"examples": examples, **known}, ensure_ascii=False).replace("</", "<\\/")
    html = (
        '<section class="em-workbench" id="workbench" aria-label="Workbench">'
        '<p class="em-wb-plain">This form needs scripts, which are off. The same audit on your '
        f"own machine: <code>{COMMAND}</code></p>"
        f"{_form(list(examples))}"
        '<p class="em-wb-status" role="status"></p><p class="em-wb-buttons">'
        '<progress aria-label="Curves audited" hidden></progress>'
        '<button type="button" class="em-wb-stop" hidden>Stop</button></p>'
        '<div class="em-wb-output" tabindex="-1"></div>'
        f'<script type="application/json">{data}</script></section>'
    )
    return Output(
        html, f"A form that audits a table of scores. Without it: {COMMAND}", assets=ASSETS
    )


def _form(examples: Sequence[str]) -> str:
    buttons = "".join(
        f'<button type="button" data-em-example="{escape(name)}" {OWN_KEYS}>{escape(name)}</button>'
        for name in examples
    )
    options = "".join(
        f'<label><span>{label}</span><input type="text" inputmode="decimal" '
        f'data-em-option="{name}" placeholder="{default}" {OWN_KEYS}></label>'
        for name, label, default in OPTIONS
    )
    # Units come from what the script goes by.
    options += (
        f'<label><span>Scale is written in</span><select data-em-option="scaleUnit" {OWN_KEYS}>'
        '<option value="">as it looks</option></select></label>'
        f'<label><span>Better is</span><select data-em-option="better" {OWN_KEYS}>'
        '<option value="">as it looks</option><option>more</option><option>less</option></select>'
        '</label><label><span>Columns to leave out</span><input type="text" '
        f'data-em-option="leave" placeholder="none" {OWN_KEYS}></label>'
    )
    options += (
        f'<label><span>Scores are written as</span><select data-em-option="percent" {OWN_KEYS}>'
        '<option value="">as they look</option><option>percentages</option>'
        "<option>shares</option></select></label>"
    )
    return (
        '<form hidden novalidate autocomplete="off">'
        f'<fieldset class="em-wb-examples"><legend>Try an example</legend>{buttons}'
        '<button type="button" class="em-wb-back" hidden>Back to my table</button></fieldset>'
        '<label class="em-wb-table"><span>Or paste a table, or drop a file on it</span>'
        '<textarea rows="9" spellcheck="false" wrap="off" '
        f'placeholder="params,score,n_items" {OWN_KEYS}></textarea></label>'
        '<label class="em-wb-file"><span>Or choose a file</span>'
        f'<input type="file" accept=".csv,.tsv,.txt,text/csv" {OWN_KEYS}></label>'
        '<details class="em-wb-options"><summary>What the table does not say</summary>'
        f"<div>{options}</div></details>"
        '<p class="em-wb-buttons"><button type="submit">Audit</button>'
        '<button type="button" class="em-wb-clear">Clear</button>'
        "<span>Everything is computed in this page, and nothing is sent anywhere. This tab keeps "
        "the table until you clear it or close the tab.</span></p></form>"
    )
