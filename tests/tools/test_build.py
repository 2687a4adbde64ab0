"""What the build prints: pages, executions and trouble, and nothing else."""

from __future__ import annotations

import pytest
from build import report


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("reading sources... [ 50%] book/index", "    3 s   50%  book/index\n"),
        ("writing output... [100%] book/claims", "    3 s  100%  book/claims\n"),
        ("executing book/metric-debate/mirage", "    3 s  runs  book/metric-debate/mirage\n"),
        ("book/index.md:3: WARNING: no such thing", "book/index.md:3: WARNING: no such thing\n"),
        ("[IPKernelApp] WARNING | Kernel is running over TCP", ""),
        ("pickling environment... done", ""),
    ],
)
def test_a_line_of_the_log_is_reported_if_a_person_wants_it(
    capsys: pytest.CaptureFixture[str], line: str, printed: str
) -> None:
    report(line, 3.0)
    assert capsys.readouterr().out == printed
