"""Milliseconds to read tables of 100,000 rows in a page: ``python -m benchmarks.tables``."""

from __future__ import annotations

import json

from emergence_lib.chapters.workbench.numbers import settings
from emergence_lib.reader.output import asset
from tests.browsers import chromium

ROWS = 100_000
TABLES = {
    "one curve": ("params,score,n", "`${1e8 + 1000 * i},${(i / rows).toFixed(5)},500`"),
    "12,500 curves": (
        "task,params,score,n",
        "`task ${i >> 3},${(1 + (i & 7)) * 1e8},${(i & 7) / 8},500`",
    ),
    "7B, 22%, tabs": (
        "model\\tsize\\taccuracy\\tn",
        "`m ${i}\\t${1 + i / 1000}B\\t${(100 * i / rows).toFixed(3)}%\\t1,000`",
    ),
}
"""The header of a table, and its row number `i` as a script writes it."""
MEASURE = """([known, header, row, rows]) => {
  emWorkbench.know(known);
  const lines = Array.from({ length: rows }, (_, i) => eval(row));
  const text = [header, ...lines].join("\\n");
  emWorkbench.read(text, {});
  const start = performance.now();
  emWorkbench.read(text, {});
  return performance.now() - start;
}"""


def main() -> None:
    """Print a row for each table."""
    print("| table | ms |\n|---|--:|")
    known = json.loads(json.dumps(settings()["known"]))
    with chromium() as browser:
        page = browser.new_page()
        for name in ("audit.js", "workbench.js"):
            page.add_script_tag(content=asset(name))
        for name, (header, row) in TABLES.items():
            found = page.evaluate(MEASURE, [known, header.replace("\\t", "\t"), row, ROWS])
            print(f"| {name} | {found:.0f} |", flush=True)


if __name__ == "__main__":
    main()
