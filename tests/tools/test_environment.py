"""The first command says in one line what a machine lacks, and can always be called again."""

from __future__ import annotations

import ast
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import environment
import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "tools" / "environment.py"
AGAIN = " and call again"


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """Return the one line that was said."""
    (line,) = capsys.readouterr().err.splitlines()
    return line.removeprefix("emergence: ")


def test_an_old_python_is_named_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 1))
    with pytest.raises(SystemExit, match="1"):
        environment.main()
    line = said(capsys)
    assert line.startswith("Python 3.11 or newer is needed, this is 3.10 (")
    assert line.endswith("name another with 'make book PYTHON=/path/to/python3.12'")


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_that_cannot_make_environments_is_named(
    module: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(SystemExit):
        environment.main()
    line = said(capsys)
    assert module in line
    assert "apt install python3-venv" in line


def test_it_is_written_for_any_python_3() -> None:
    """Python 3.4 has no f-strings, no unpacking within a list, and no pathlib worth the name."""
    tree = ast.parse(SCRIPT.read_text("utf-8"), feature_version=(3, 4))
    nodes = list(ast.walk(tree))
    assert not [each for each in nodes if isinstance(each, ast.JoinedStr | ast.Starred)]
    imported = {
        alias.name for each in nodes if isinstance(each, ast.Import) for alias in each.names
    }
    assert imported == {"os", "re", "subprocess", "sys"}


REFUSED = "connection broken by 'NewConnectionError('<object>: Failed to establish a new connection"


@pytest.mark.parametrize(
    ("output", "line"),
    [
        (
            "Processing pip.whl\nERROR: Could not install packages due to an OSError: "
            "[Errno 28] No space left on device\n\nTraceback:\n  subprocess.CalledProcessError: 1",
            "[Errno 28] No space left on device; make room on the disk and call again",
        ),
        (
            "Error: [Errno 30] Read-only file system: '/book/.venv'\n",
            "[Errno 30] Read-only file system: '/book/.venv'; have the project where you may write"
            + AGAIN,
        ),
        (
            "Error: [Errno 13] Permission denied: '/book/.venv/bin'\n",
            "[Errno 13] Permission denied: '/book/.venv/bin'; have the project where you may write"
            + AGAIN,
        ),
        (
            "ERROR: Could not install packages due to an OSError: [Errno 122] Disk quota exceeded",
            "[Errno 122] Disk quota exceeded; make room on the disk" + AGAIN,
        ),
        (
            "FileNotFoundError: [Errno 2] No usable temporary directory found in ['/tmp']",
            "[Errno 2] No usable temporary directory found in ['/tmp']; make room on the disk"
            + AGAIN,
        ),
        (
            "Error: Refusing to create a venv in /a:b because it contains the PATH separator :.",
            "Error: Refusing to create a venv in /a:b because it contains the PATH separator :.; "
            "move the project to a folder without it" + AGAIN,
        ),
        (
            f"WARNING: Retrying after {REFUSED}: [Errno 111] Connection refused')': /simple/\n"
            "ERROR: No matching distribution found for a==1",
            "the package index could not be reached ([Errno 111] Connection refused); the first "
            "build needs the network once",
        ),
        (
            f"WARNING: Retrying after {REFUSED}: [Errno 13] Permission denied')': /simple/a\n",
            "the package index could not be reached ([Errno 13] Permission denied); the first "
            "build needs the network once",
        ),
        (
            "WARNING: Retrying after connection broken by 'ReadTimeoutError(\"Read timed out.\")'",
            "the package index could not be reached (timed out); the first build needs the network "
            "once",
        ),
        (
            f"WARNING: Retrying after {REFUSED}: [Errno -2] Name or service not known')'\n"
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on "
            "device: '/book/.venv/lib/a'\n",
            "[Errno 28] No space left on device: '/book/.venv/lib/a'; make room on the disk"
            + AGAIN,
        ),
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES\n    Expected sha256 1\n",
            "making the environment failed: ERROR: THESE PACKAGES DO NOT MATCH THE HASHES",
        ),
        (
            "Usage: pip install\n\nno such option: --require-hashes\n",
            "making the environment failed: no such option: --require-hashes",
        ),
        ("", "making the environment failed: it said nothing"),
    ],
)
def test_a_failed_step_is_explained_by_what_was_said(output: str, line: str) -> None:
    assert environment.explain(output) == line


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (KeyboardInterrupt(), 130, "interrupted; call again to go on"),
        (OSError(28, "No space left on device"), 1, "[Errno 28] No space left on device; make"),
        (PermissionError(13, "Permission denied", "/b"), 1, "[Errno 13] Permission denied: '/b'; "),
        (OSError(5, "Input/output error"), 1, "[Errno 5] Input/output error"),
    ],
)
def test_what_stops_a_chore_is_said_in_one_line(
    error: BaseException, code: int, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def chore() -> None:
        raise error

    with pytest.raises(SystemExit) as stopped:
        environment.in_one_line(chore)
    assert stopped.value.code == code
    assert said(capsys).startswith(line)


BACKEND = '''
"""Builds the project without any package."""
import os, zipfile

def build_editable(folder, *_):
    name = "small-1-py3-none-any.whl"
    parts = {"METADATA": "Metadata-Version: 2.1\\nName: small\\nVersion: 1\\n", "RECORD": "",
             "WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"}
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        for part, text in parts.items():
            wheel.writestr("small-1.dist-info/" + part, text)
    return name
'''


# What a shell starts in the background ignores interruptions.
START = """
import runpy, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_path("tools/environment.py", run_name="__main__")
"""


class Project:
    """A project that needs no package, in a folder whose name has spaces and letters."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "a böok's folder"
        self.venv = self.folder / ".venv"
        (self.folder / "tools").mkdir(parents=True)
        shutil.copy(SCRIPT, self.folder / "tools")
        (self.folder / "requirements.txt").write_text("", "utf-8")
        (self.folder / "backend.py").write_text(BACKEND, "utf-8")
        (self.folder / "pyproject.toml").write_text(
            '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
            '[project]\nname = "small"\nversion = "1"\n',
            "utf-8",
        )

    def begin(self, **more: str) -> subprocess.Popen[str]:
        """Start the script, at the head of a group of processes."""
        kept = {"PATH": os.environ["PATH"], "HOME": os.fspath(self.folder)}
        return subprocess.Popen(
            [sys.executable, "-c", START],
            cwd=self.folder,
            env={**kept, "PIP_CONFIG_FILE": os.devnull, "PIP_NO_CACHE_DIR": "1", **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def make(self, **more: str) -> tuple[int, str]:
        """Run the script; return its exit code and what it complains of."""
        process = self.begin(**more)
        _, complaint = process.communicate()
        return process.returncode, complaint

    def works(self) -> bool:
        """Say whether the environment is there, is whole and is marked as ready."""
        listing = [os.fspath(self.venv / "bin" / "python"), "-m", "pip", "list"]
        done = subprocess.run(listing, capture_output=True, text=True, check=False)
        return "small" in done.stdout and (self.venv / "ready").is_file()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def end(project: Project, how: signal.Signals) -> tuple[int, str]:
    """Call the script and end it in the middle."""
    process = project.begin()
    while not (project.venv / "pyvenv.cfg").exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    os.killpg(process.pid, how)
    _, complaint = process.communicate(timeout=60)
    return process.returncode, complaint


def test_an_interruption_is_said_in_one_line(project: Project) -> None:
    line = "emergence: interrupted; call again to go on\n"
    assert end(project, signal.SIGINT) == (130, line)
    assert not (project.venv / "ready").exists()


@pytest.mark.slow
def test_what_a_killed_call_left_is_made_whole_by_the_next(project: Project) -> None:
    (project.venv / "bin").mkdir(parents=True)
    (project.venv / "bin" / "python").symlink_to("nowhere")
    (project.venv / "lib").write_text("half a library", "utf-8")
    (project.venv / "ready").touch()  # of an older lock
    end(project, signal.SIGKILL)
    assert not (project.venv / "ready").exists()
    assert project.make() == (0, "")
    assert project.works()


@pytest.mark.parametrize("kind", ["file", "link", "dangling link", "pipe"])
def test_what_is_no_folder_is_not_cleared(project: Project, kind: str) -> None:
    mine = project.folder / "mine"
    mine.mkdir()
    (mine / "work").touch()
    if kind == "file":
        project.venv.write_text("path/to/another", "utf-8")
    elif kind == "pipe":
        os.mkfifo(project.venv)
    else:
        project.venv.symlink_to("mine" if kind == "link" else "nowhere")
    code, complaint = project.make()
    assert code == 1
    assert complaint.splitlines() == [
        f"emergence: {project.venv} is a link or no folder; move it away and call again"
    ]
    assert (mine / "work").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(project: Project) -> None:
    project.folder.chmod(0o500)
    code, complaint = project.make()
    project.folder.chmod(0o700)
    assert code == 1
    assert complaint.splitlines() == [
        f"emergence: [Errno 13] Permission denied: '{project.venv}'; have the project where you "
        "may write and call again"
    ]


@pytest.mark.slow
def test_no_network_is_said_in_one_line(project: Project) -> None:
    shutil.copy(ROOT / "requirements.txt", project.folder)
    code, complaint = project.make(PIP_INDEX_URL="http://127.0.0.1:9/simple", PIP_RETRIES="1")
    assert code == 1
    assert re.fullmatch(
        r"emergence: the package index could not be reached \(\[Errno \d+\] Connection refused\); "
        r"the first build needs the network once\n",
        complaint,
    )
    assert not (project.venv / "ready").exists()


@pytest.mark.parametrize(("python", "anew"), [("nowhere", True), (sys.executable, False)])
def test_make_mends_an_environment_whose_python_is_gone(
    project: Project, python: str, anew: bool
) -> None:
    (project.venv / "bin").mkdir(parents=True)
    (project.venv / "bin" / "python").symlink_to(python)
    shutil.copy(ROOT / "Makefile", project.folder)
    (project.venv / "ready").touch()
    would = subprocess.run(
        ["make", "--dry-run", "book"],
        cwd=project.folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ("tools/environment.py" in would.stdout) is anew


def test_the_lock_pins_every_package_with_hashes() -> None:
    lock = (ROOT / "requirements.txt").read_text("utf-8")
    entries = [line for line in lock.splitlines() if line[:1].isalnum()]
    assert len(entries) > 100
    assert all("==" in line and line.endswith("\\") for line in entries)
    assert "jupyter-book==1.0.4.post1 " in lock
