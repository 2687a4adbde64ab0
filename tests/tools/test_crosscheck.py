"""`make crosscheck` never passes for want of PyTorch."""

from __future__ import annotations

import os
from pathlib import Path

import crosscheck
import pytest


def test_a_python_without_pytorch_is_a_failure_in_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho \"No module named 'torch'\" >&2\nexit 1\n")
    python.chmod(0o755)
    monkeypatch.setenv("CROSSCHECK_PYTHON", str(python))
    with pytest.raises(SystemExit):
        crosscheck.main()
    said = capsys.readouterr().err
    assert said.endswith("lacks what the tests need: No module named 'torch'\n")
    assert said.count("\n") == 1


def test_a_python_that_is_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CROSSCHECK_PYTHON", "/no/such/python")
    with pytest.raises(SystemExit):
        crosscheck.main()
    assert "CROSSCHECK_PYTHON: " in (said := capsys.readouterr().err)
    assert "/no/such/python" in said


def test_the_environment_is_made_anew_for_another_pytorch(tmp_path: Path) -> None:
    assert not crosscheck.ready(tmp_path)
    (tmp_path / "ready").write_text(crosscheck.TORCH, "utf-8")
    assert crosscheck.ready(tmp_path)
    os.utime(tmp_path / "ready", (0, 0))
    assert not crosscheck.ready(tmp_path)
    (tmp_path / "ready").write_text("torch==1.0.0", "utf-8")
    assert not crosscheck.ready(tmp_path)
