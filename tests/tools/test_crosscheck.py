"""`make crosscheck` never passes for want of PyTorch."""

from __future__ import annotations

import os
from pathlib import Path

import crosscheck
import pytest


def test_a_python_without_pytorch_is_a_failure_in_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho \"No module named 'torch'\" >&2\nexit 1\n")
    python.chmod(0o755)
    monkeypatch.setenv("CROSSCHECK_PYTHON", str(python))
    with pytest.raises(SystemExit, match=r"lacks what the tests need: No module named 'torch'$"):
        crosscheck.main()


def test_a_python_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSSCHECK_PYTHON", "/no/such/python")
    with pytest.raises(SystemExit, match=r"CROSSCHECK_PYTHON: .*/no/such/python"):
        crosscheck.main()


def test_the_environment_is_made_anew_for_another_pytorch(tmp_path: Path) -> None:
    assert not crosscheck.ready(tmp_path)
    (tmp_path / "ready").write_text(crosscheck.TORCH, "utf-8")
    assert crosscheck.ready(tmp_path)
    os.utime(tmp_path / "ready", (0, 0))
    assert not crosscheck.ready(tmp_path)
    (tmp_path / "ready").write_text("torch==1.0.0", "utf-8")
    assert not crosscheck.ready(tmp_path)
