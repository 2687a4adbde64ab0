"""Reports as one HTML page that stands alone: no script, no request, light and dark."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from html import escape

from emergence_lib import audit, theme
from emergence_lib.audit import summary, words
from emergence_lib.audit.phrases import shown
from emergence_lib.chapters.workbench import pictures
from emergence_lib.reader import svg

DARK = "@media(prefers-color-scheme:dark){:root{}}"
STYLE = """
:root{color-scheme:light dark;--ground:#fff}
@media(prefers-color-scheme:dark){:root{--ground:#14181d}}
body{font:17px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;
color:var(--em-ink);background:var(--ground);overflow-wrap:break-word}
h1,h2{line-height:1.2;text-wrap:balance}
h2{margin:0 0 .5rem}
a{color:var(--em-blue)}
table{border-collapse:collapse;width:100%;font-size:15px}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;
border-bottom:1px solid var(--em-grid)}
th:first-child{font-weight:600;width:36%;min-width:6.5rem;overflow-wrap:anywhere}
td:last-child,th:last-child{padding-right:0}
small{color:var(--em-grey);font-size:inherit;display:block}
section{border-top:1px solid var(--em-grid);margin-top:2.5rem;padding-top:1.5rem}
svg{display:block;width:100%;max-width:25rem;height:auto;overflow:visible}
svg text{font-family:inherit}
li{margin:.25rem 0}
.key{color:var(--em-grey);font-size:15px}
@media(min-width:52rem){.said{display:grid;grid-template-columns:25rem 1fr;gap:1.5rem}
.said ul{margin:0}}
@media(max-width:30rem){body{font-size:16px}table{font-size:14px}ul{padding-left:1.1rem}}
@media print{section{break-inside:avoid}}
"""
KEY = (
    "In each picture: dots, the scores with 95% intervals; line, the best curve, dotted beyond the "
    "largest model; bar, the limit for sharp, around the point where half is done or, if that is "
    "not in the picture, at the edge nearest to it; shaded, a gap between two models that holds "
    "half of the rise or more; dashed, chance. There is no line where the models are too few, show "
    "no rise, or would need what nobody said."
)


def page(reports: Sequence[audit.Report], headline: str | None = None) -> Iterator[str]:
    """Yield the parts of a page: the table of all curves, then each report with its picture.

    Parameters
    ----------
    reports : sequence of Report
        In the order of the page.
    headline : str, optional
        What stands above the table; by default how many curves have which verdict.
    """
    colours = theme.css_variables(DARK)
    yield (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Audit of scaling curves</title><style>{colours}{STYLE}</style></head><body><main>"
        f"<h1>Audit of scaling curves</h1>\n<p>{escape(headline or summary.headline(reports))}</p>"
    )
    if reports:
        yield f'{_table(reports)}<p class="key">{escape(KEY)}</p>\n'
    for number, report in enumerate(reports, start=1):
        yield _section(number, report)
    yield "</main></body></html>\n"


def _table(reports: Sequence[audit.Report]) -> str:
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in summary.titles(reports)[:4])
    rows = [
        f'<tr><th scope="row"><a href="#report-{number}">{escape(shown(name))}</a></th>'
        f"<td>{escape(verdict)}{f'<small>{escape(why)}</small>' if why else ''}</td>"
        f"<td>{escape(width)}</td><td>{escape(half_way)}</td></tr>\n"
        for number, (name, verdict, width, half_way, why) in enumerate(summary.rows(reports), 1)
    ]
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{''.join(rows)}</tbody></table>"


def _section(number: int, report: audit.Report) -> str:
    said = words.sentence(report)
    with warnings.catch_warnings():
        # The reader's browser draws the letters, from fonts of its own.
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        picture = svg.inline(pictures.glance(report), f"curve-{number}", said)
    found = "".join(f"<li>{escape(each)}</li>" for each in words.reasons(report))
    return (
        f'<section id="report-{number}"><h2>{escape(shown(report.curve.name))}</h2>'
        f"<p><strong>{escape(said)}</strong></p>"
        f'<div class="said">{picture}<ul>{found}</ul></div></section>\n'
    )
