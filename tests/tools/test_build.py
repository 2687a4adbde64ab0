"""What the build prints: pages, executions and trouble, and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import build
import pytest
from build import report
from environment import in_one_line

TOOLS = Path(build.__file__).parent


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


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that the build takes for the project's, with an earlier build in it."""
    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.setattr(sys, "argv", ["build.py"])
    for name in ("html", ".doctrees", ".kept", "gate"):
        (tmp_path / "_build" / name).mkdir(parents=True)
    return tmp_path


def printing(monkeypatch: pytest.MonkeyPatch, *lines: str, code: int) -> None:
    """Let Jupyter Book print some lines and end."""
    program = f"print({chr(10).join(lines)!r}); raise SystemExit({code})"
    command = [sys.executable, "-c", program]
    monkeypatch.setattr(build, "jupyter_book", lambda output, gate: command)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "WARNING: Failed to copy a file: OSError(28, 'No space left on device')",
            "No space left on device",
        ),
        (
            "WARNING: error writing file /b/a.html: [Errno 28] No space left on device",
            "[Errno 28] No space left on device",
        ),
        ("OSError: [Errno 122] Disk quota exceeded: '/b'", "[Errno 122] Disk quota exceeded"),
        (
            "sqlite3.OperationalError: database or disk is full",
            "database or disk is full",
        ),
    ],
)
@pytest.mark.parametrize("code", [0, 1])
def test_a_disk_that_fills_is_said_in_one_line_and_nothing_half_made_stays(
    checkout: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    line: str,
    said: str,
    code: int,
) -> None:
    """Sphinx may go on with warnings, and leave empty pages that look finished."""
    printing(monkeypatch, line, line, "RuntimeError:", code=code)
    with pytest.raises(SystemExit, match="1"):
        in_one_line(build.main)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == f"emergence: {said}; make room on the disk and call again\n"
    left = {path.name for path in (checkout / "_build").iterdir()}
    assert left == {"gate", "build.log", ".kept", ".lock"}  # what is kept is put in its place whole


def test_another_failure_is_in_the_log(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    printing(monkeypatch, "NameError: name 'x' is not defined", "more", code=2)
    assert in_one_line(build.main) == 2
    assert capsys.readouterr().out.splitlines() == [
        "NameError: name 'x' is not defined",
        "The book did not build; everything it said is in _build/build.log.",
    ]
    assert "more" in (checkout / "_build" / "build.log").read_text("utf-8")
    assert (checkout / "_build" / ".doctrees").is_dir()


def test_what_stands_where_the_book_goes_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.setattr(sys, "argv", ["build.py"])
    (tmp_path / "_build").write_text("", "utf-8")
    with pytest.raises(SystemExit):
        in_one_line(build.main)
    assert capsys.readouterr().err == (
        f"emergence: [Errno 17] File exists: '{tmp_path}/_build'; move what is in the way and call "
        "again\n"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (checkout / "_build").chmod(0o500)
    with pytest.raises(SystemExit):
        in_one_line(build.main)
    (checkout / "_build").chmod(0o700)
    assert "[Errno 13] Permission denied" in capsys.readouterr().err


def test_an_interrupted_build_leaves_nobody_at_work(tmp_path: Path) -> None:
    """The child, which would write on, ends with the build that started it."""
    program = f"""
import sys; sys.path.insert(0, {str(TOOLS)!r})
import build, environment, pathlib, signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # shells ignore it in the background
sleeper = "import os, time; print('WARNING', os.getpid(), flush=True); time.sleep(600)"
build.jupyter_book = lambda output, gate: [sys.executable, "-c", sleeper]
build.ROOT = pathlib.Path({str(tmp_path)!r})
sys.argv = [""]
environment.in_one_line(lambda: build.build(build.ROOT, source=build.ROOT))
"""
    command = [sys.executable, "-u", "-c", program]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        child = int(process.stdout.readline().split()[1])
        process.send_signal(signal.SIGINT)
        _, complaint = process.communicate(timeout=60)
    assert complaint == "emergence: interrupted; call again to go on\n"
    assert process.returncode == 130
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_nothing_is_done_if_nothing_was_read_or_written_otherwise(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page, output = checkout / "book" / "index.md", checkout / "_build" / "html" / "index.html"
    page.parent.mkdir()
    page.write_text("One", "utf-8")
    output.write_text("<p>One", "utf-8")
    printing(monkeypatch, "done", code=0)

    def built() -> bool:
        assert build.main() == 0
        return "Built in" in capsys.readouterr().out

    assert [built(), built()] == [True, False]
    page.write_text("Two", "utf-8")
    assert [built(), built()] == [True, False]
    page.rename(page.with_name("other.md"))
    assert [built(), built()] == [True, False]
    monkeypatch.setenv("EMERGENCE_REPOSITORY", "somebody/else")
    assert [built(), built()] == [True, False]
    unfinished = checkout / "_build" / ".unfinished"
    assert not unfinished.exists()
    output.write_text("junk", "utf-8")  # Sphinx would not see it
    assert [built(), unfinished.exists(), built()] == [True, True, False]
    output.unlink()
    assert [built(), built()] == [True, False]
    (checkout / "_build" / "built").write_bytes(b"\xff")
    assert [built(), built()] == [True, False]


def test_what_is_saved_during_a_build_is_read_by_the_next(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = checkout / "book" / "index.md"
    page.parent.mkdir()
    page.write_text("One", "utf-8")
    saving = f"import pathlib; pathlib.Path({str(page)!r}).write_text('Two')"
    command = [sys.executable, "-c", saving]
    monkeypatch.setattr(build, "jupyter_book", lambda output, gate: command)
    for _ in range(2):
        build.main()
        assert "Built in" in capsys.readouterr().out
    build.main()
    assert "Nothing has changed" in capsys.readouterr().out


def test_a_second_build_waits_for_the_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("fcntl")
    order: list[str] = []

    def second() -> None:
        with build.alone(tmp_path):
            order.append("second")

    with build.alone(tmp_path):
        thread = threading.Thread(target=second)
        thread.start()
        while "waiting" not in capsys.readouterr().out:
            time.sleep(0.01)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
