"""Measure the built pages as Lighthouse sees them on a phone: `make lighthouse` (needs npm)."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).parent.parent
SITE = ROOT / "_build" / "html"
LIGHTHOUSE = "lighthouse@12.8.2"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


class Compressed(SimpleHTTPRequestHandler):
    """Serves the gzipped twin of a text file and keeps connections, as every web host does."""

    protocol_version = "HTTP/1.1"

    def end_headers(self) -> None:
        """Say that the twin is compressed."""
        if self.path_served.endswith(".gz"):
            self.send_header("Content-Encoding", "gzip")
        super().end_headers()

    def translate_path(self, path: str) -> str:
        """Prefer the twin."""
        plain = super().translate_path(path)
        twin = plain + ".gz"
        self.path_served = twin if os.path.exists(twin) else plain
        return self.path_served

    def guess_type(self, path: str | os.PathLike[str]) -> str:
        """Name the type of the file, not of its twin."""
        return super().guess_type(os.fspath(path).removesuffix(".gz"))

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def compress(site: Path, target: Path) -> None:
    """Copy the site and gzip its text beside it."""
    shutil.copytree(site, target, dirs_exist_ok=True)
    for suffix in ("html", "css", "js", "svg", "json"):
        for path in target.rglob(f"*.{suffix}"):
            twin = path.with_name(f"{path.name}.gz")
            twin.write_bytes(gzip.compress(path.read_bytes(), 6))


def measure(url: str) -> dict[str, float]:
    """Return the four scores of one page, 0 to 100."""
    chrome = shutil.which("chromium") or shutil.which("google-chrome") or ""
    command = ["npx", "--yes", LIGHTHOUSE, url, "--quiet", "--output=json"]
    flags = ["--chrome-flags=--headless=new --no-sandbox", "--output-path=stdout"]
    environment = {**os.environ, "CHROME_PATH": chrome}
    done = subprocess.run([*command, *flags], capture_output=True, env=environment, check=True)
    categories = json.loads(done.stdout)["categories"]
    return {name: 100 * categories[name]["score"] for name in CATEGORIES}


def main() -> None:
    """Print a table of the scores of every page."""
    if not shutil.which("npx"):
        sys.exit("emergence: npm is needed to fetch Lighthouse; it is not part of the tests")
    served = ROOT / "_build" / "lighthouse"
    compress(SITE, served)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Compressed, directory=str(served)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"{'page':44}" + "".join(f"{name:>16}" for name in CATEGORIES))
    for path in sorted(SITE.glob("book/**/*.html")):
        name = path.relative_to(SITE).as_posix()
        scores = measure(f"http://127.0.0.1:{server.server_port}/{name}")
        print(f"{name:44}" + "".join(f"{scores[each]:16.0f}" for each in CATEGORIES), flush=True)
    server.shutdown()


if __name__ == "__main__":
    main()
