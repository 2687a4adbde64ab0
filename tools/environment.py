"""Make the project's own environment in .venv and install the lock into it.

Runs on the system's Python with nothing installed. What goes wrong is said in one line.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
VENV = ROOT / ".venv"


def fail(message):
    """Stop with one line."""
    sys.exit("emergence: " + message)


def run(*command):
    """Run a command; return whether it worked, and what it said."""
    done = subprocess.run(command, cwd=str(ROOT), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode == 0, done.stdout.decode("utf-8", "replace")


def explain(output):
    """Return the one line for a failed installation."""
    # An index that has no version of anything was not reached.
    unreached = ("NewConnectionError", "NameResolutionError", "(from versions: none)")
    if any(word in output for word in unreached):
        return "the package index could not be reached; the first build needs the network once"
    errors = [line for line in output.splitlines() if line.startswith("ERROR")]
    return "installing requirements.txt failed: " + (errors or output.splitlines() or ["?"])[-1]


def main():
    """Make the environment, or say in one line why not."""
    if sys.version_info < (3, 11):
        fail(
            "Python 3.11 or newer is needed, this is {}.{} ({}); "
            "name another with 'make book PYTHON=/path/to/python3.12'".format(
                sys.version_info[0], sys.version_info[1], sys.executable
            )
        )
    sys.stdout.write("Making the environment in .venv (about two minutes, once) ...\n")
    sys.stdout.flush()
    worked, output = run(sys.executable, "-m", "venv", "--clear", str(VENV))
    if not worked:
        fail("this Python cannot make an environment (on Debian: apt install python3-venv)")
    python = VENV / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    worked, output = run(*pip, "--require-hashes", "-r", "requirements.txt")
    if not worked:
        fail(explain(output))
    worked, output = run(*pip, "--no-deps", "--no-build-isolation", "--editable", ".")
    if not worked:
        fail(explain(output))
    (VENV / "ready").touch()


if __name__ == "__main__":
    main()
