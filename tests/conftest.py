"""What all tests share."""

import os
from collections import Counter
from itertools import chain

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is slow without anything being wrong. Continuous integration repeats the same
# examples, so that it fails for what changed; everybody else explores.
settings.register_profile(
    "book",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("book")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which files took the longest."""
    seconds: Counter[str] = Counter()
    for report in chain.from_iterable(terminalreporter.stats.values()):
        if isinstance(report, pytest.TestReport):
            seconds[report.nodeid.partition("::")[0]] += report.duration  # type: ignore[assignment]
    terminalreporter.section("slowest files")
    for name, spent in seconds.most_common(10):
        terminalreporter.write_line(f"{spent:6.1f} s  {name}")
