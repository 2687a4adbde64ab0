"""The first command says in one line what a machine lacks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import environment
import pytest

ROOT = Path(__file__).parents[2]


def test_an_old_python_is_named_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 1))
    with pytest.raises(SystemExit) as stopped:
        environment.main()
    message = str(stopped.value)
    assert "Python 3.11 or newer is needed, this is 3.10" in message
    assert "\n" not in message


@pytest.mark.slow
def test_no_network_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "environment.py", tmp_path / "tools")
    shutil.copy(ROOT / "requirements.txt", tmp_path)
    unreachable = {
        "PATH": os.environ["PATH"],
        "HOME": os.fspath(tmp_path),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_RETRIES": "0",
        "PIP_NO_CACHE_DIR": "1",
    }
    script = os.fspath(tmp_path / "tools" / "environment.py")
    done = subprocess.run(
        [sys.executable, script], env=unreachable, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert done.stderr.splitlines() == [
        "emergence: the package index could not be reached; the first build needs the network once"
    ]
    assert not (tmp_path / ".venv" / "ready").exists()


def test_the_lock_pins_every_package_with_hashes() -> None:
    lock = (ROOT / "requirements.txt").read_text("utf-8")
    entries = [line for line in lock.splitlines() if line[:1].isalnum()]
    assert len(entries) > 100
    assert all("==" in line and line.endswith("\\") for line in entries)
    assert "jupyter-book==1.0.4.post1 " in lock
