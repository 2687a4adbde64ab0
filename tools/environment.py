"""Make the project's own environment in .venv and install the lock into it.

Runs on the system's Python with nothing installed, however old that is: hence the syntax. What
goes wrong is said in one line: what the system said, and what to do.
"""

import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
READY = os.path.join(VENV, "ready")
# What a system says when it refuses, and what helps.
REFUSALS = (
    ("No space left|disk is full|quota exceeded|No usable temporary", "make room on the disk"),
    ("Read-only file|Permission denied|not permitted", "have the project where you may write"),
    ("File exists|Not a directory|Is a directory", "move what is in the way"),
    (r"No such file.*\.venv", "remove .venv"),
    ("PATH separator", "move the project to a folder without it"),
)
UNREACHED = re.compile(r"connection broken|Max retries|timed out|from versions: none\)")
REASON = re.compile(r"\[(?:Errno|SSL)[^'\")]*|timed out")


def fail(message, code=1):
    """Stop with one line."""
    sys.stderr.write("emergence: " + message + "\n")
    sys.exit(code)


def in_one_line(chore):
    """Do a chore and return what it returns; say in one line that it was stopped or refused."""
    try:
        return chore()
    except KeyboardInterrupt:
        fail("interrupted; call again to go on", 130)
    except OSError as error:
        fail(refusal(str(error)) or str(error))


def refusal(output):
    """Return the line of an output in which the system refuses, and what helps; else nothing."""
    for line in output.splitlines():
        for words, remedy in REFUSALS:
            # What breaks a connection may be worded alike.
            if re.search(words, line) and "onnection" not in line:
                said = line[max(line.find("[Errno"), 0) :].strip()
                return said + "; " + remedy + " and call again"
    return ""


def explain(output):
    """Return the one line for a step that failed."""
    lines = output.splitlines() or ["it said nothing"]
    errors = [line for line in lines if line.lower().startswith("error")]
    unreached = [line for line in lines if UNREACHED.search(line)]
    if refusal(output) or not unreached:
        return refusal(output) or "making the environment failed: " + (errors or lines)[-1]
    reason = REASON.search(unreached[0])
    said = " (" + reason.group().strip() + ")" if reason else ""
    return (
        "the package index could not be reached" + said + "; the first build needs the network once"
    )


def check_python():
    """Stop if this Python is too old, or lacks what makes environments."""
    this = "{0}.{1} ({2})".format(sys.version_info[0], sys.version_info[1], sys.executable)
    other = "name another with 'make book PYTHON=/path/to/python3.12'"
    if sys.version_info < (3, 11):
        fail("Python 3.11 or newer is needed, this is " + this + "; " + other)
    try:
        __import__("ensurepip")
        __import__("venv")
    except ImportError as error:
        fail(
            "Python {0}: {1}; on Debian 'apt install python3-venv', or {2}".format(
                this, error, other
            )
        )


def too_new():
    """Return what to add to a failure if the lock was made before this Python was."""
    newer = sys.version_info > (3, 14)
    return "; the lock is made for Python 3.11 to 3.13, name one with PYTHON=" if newer else ""


def follow(steps):
    """Run commands one after the other; stop with one line at the first that fails."""
    for step in steps:
        done = subprocess.run(step, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            fail(explain(done.stdout.decode("utf-8", "replace")) + too_new())


def main():
    """Make the environment, or say in one line why not."""
    check_python()
    if os.path.islink(VENV) or (os.path.exists(VENV) and not os.path.isdir(VENV)):
        fail(VENV + " is a link or no folder; move it away and call again")
    if os.path.exists(READY):
        os.remove(READY)  # what is begun here is ready at the end, and not before
    sys.stdout.write("Making the environment in .venv (about two minutes, once) ...\n")
    sys.stdout.flush()
    python = os.path.join(VENV, "Scripts" if sys.platform == "win32" else "bin", "python")
    pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    follow(
        (
            # With pip in a step of its own, what it says is seen here.
            [sys.executable, "-m", "venv", "--clear", "--without-pip", VENV],
            [python, "-Im", "ensurepip", "--default-pip"],
            pip + ["--require-hashes", "-r", "requirements.txt"],  # noqa: RUF005
            pip + ["--no-deps", "--no-build-isolation", "--editable", "."],  # noqa: RUF005
        )
    )
    open(READY, "w").close()


if __name__ == "__main__":
    in_one_line(main)
