"""Build the book: `make book` (cached) or `make gate` (all afresh, warnings are errors).

Jupyter Book does the work; this prints how far it is, and one clear failure. `make book` does not
start it if nothing that it read or wrote has changed since it last ended well.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from environment import fail, in_one_line, refusal

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

ROOT = Path(__file__).parent.parent
READING = re.compile(r"(?:reading|writing) \w+\.\.\. \[\s*(?P<percent>\d+)%\] (?P<page>\S+)")
EXECUTING = re.compile(r"^executing (?P<page>\S+)$")
# What a build reads, besides the packages and these settings. It counts the tests.
SOURCES = ("_config.yml", "_toc.yml", "book", "emergence_lib", "tests", "tools/build.py")
SETTINGS = ("EMERGENCE_REPOSITORY", "EMERGENCE_SITE")
TROUBLE = re.compile(r"WARNING|ERROR|CRITICAL|Error:|error:")
# What Python says around an error that Sphinx has named.
AROUND = re.compile(r"^(Extension error|RuntimeError:|sphinx\.errors\.\w+: )")
# What Python and SQLite say when nothing more can be written. Sphinx warns and goes on.
FULL = re.compile(
    r"(\[Errno \d+\] )?(No space left on device|Disk quota exceeded|database or disk is full)"
)


def jupyter_book(output: Path, *, gate: bool) -> list[str]:
    """Return the command that builds the book into a folder."""
    strict = ["-W", "-n", "--keep-going", "--all"] if gate else []
    return [
        str(Path(sys.executable).with_name("jupyter-book")),
        "build",
        ".",
        "--path-output",
        str(output),
        *strict,
    ]


def build(output: Path, *, gate: bool = False, source: Path = ROOT) -> tuple[int, str]:
    """Build the book, printing each page as it is reached.

    Parameters
    ----------
    output : Path
        The folder that gets ``_build/html``.
    gate : bool
        Execute everything afresh, check every reference, and fail on any warning.
    source : Path
        The folder with ``_config.yml``.

    Returns
    -------
    tuple of int and str
        Jupyter Book's exit code and everything it printed.
    """
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
    start = perf_counter()
    printed: list[str] = []
    said: set[str] = set()
    with (
        alone(output / "_build"),
        subprocess.Popen(
            jupyter_book(output, gate=gate),
            cwd=source,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process,
    ):
        assert process.stdout
        full = False
        try:
            for raw in process.stdout:
                line = re.sub(r"\x1b\[[0-9;]*m", "", raw)
                printed.append(line)
                full = full or bool(FULL.search(line))
                news = AROUND.sub("", line).strip()
                if not full and news not in said:
                    said.add(news)
                    report(news, perf_counter() - start)
        except KeyboardInterrupt:
            process.terminate()
            process.wait()  # the next build shall find nobody at work
            raise
    return process.returncode, "".join(printed)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Let one build at a time write into a folder; the next waits."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        if fcntl:  # not everywhere
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print("Another build is at work; waiting for its end.", flush=True)
                fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def report(line: str, seconds: float) -> None:
    """Print what a reader of the build wants to know: pages, executions, trouble."""
    if match := READING.search(line):
        print(f"{seconds:5.0f} s  {match['percent']:>3}%  {match['page']}")
    elif match := EXECUTING.search(line):
        print(f"{seconds:5.0f} s  runs  {match['page']}", flush=True)
    elif TROUBLE.search(line) and "IPKernelApp" not in line:
        print(line.rstrip())


def files(place: Path) -> list[Path]:
    """Return a file, or every file in a folder and in those that it links to, in order."""
    if not place.is_dir():
        return [place] if place.is_file() else []
    inside = (
        Path(folder, name)
        for folder, _, names in os.walk(place, followlinks=True)
        for name in names
    )
    return sorted(path for path in inside if path.is_file() and path.suffix != ".pyc")


def sources_hash(source: Path) -> str:
    """Return the hash of all that a build reads."""
    packages = Path(sysconfig.get_path("purelib")).glob("*.dist-info")
    parts = [sys.version, *(f"{name}={os.environ.get(name)}" for name in SETTINGS)]
    parts += sorted(path.name for path in packages)
    for path in (each for name in SOURCES for each in files(source / name)):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        parts.append(f"{path.relative_to(source)} {content}")
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def site_hash(site: Path) -> str:
    """Return the hash of when the files of a site were written, and of their sizes."""
    about = [(str(path.relative_to(site)), path.stat()) for path in files(site)]
    parts = [(name, each.st_size, each.st_mtime_ns) for name, each in about]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def main() -> int:
    """Build, and say where to look."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gate", action="store_true", help="all afresh, warnings are errors")
    gate = parser.parse_args().gate
    output = ROOT / "_build" / "gate" if gate else ROOT
    site = output / "_build" / "html"
    page = (site / "index.html").relative_to(ROOT)
    log, built = (ROOT / "_build" / name for name in ("build.log", "built"))
    sources = sources_hash(ROOT)
    if not gate and built.is_file():
        before, written = [*built.read_text("utf-8", "replace").split(), "", ""][:2]
        if written != site_hash(site):  # somebody else's hands were here: write all again
            (site.parent / ".unfinished").touch()
        elif before == sources:
            print(f"Nothing has changed since it was built. Open {page}")
            return 0
    log.parent.mkdir(exist_ok=True)
    log.touch()
    start = perf_counter()
    code, printed = build(output, gate=gate)
    if full := FULL.search(printed):
        for half_made in ("html", ".doctrees"):
            shutil.rmtree(output / "_build" / half_made, ignore_errors=True)
        fail(refusal(full.group()))
    if code:
        log.write_text(printed, "utf-8")
        print(f"The book did not build; everything it said is in {log.relative_to(ROOT)}.")
        return code
    if not gate:  # what was read in the beginning, and what was written in the end
        built.write_text(f"{sources} {site_hash(site)}", "utf-8")
    print(f"Built in {perf_counter() - start:.0f} s. Open {page}")
    return 0


if __name__ == "__main__":
    sys.exit(in_one_line(main))
