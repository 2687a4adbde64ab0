"""For authors: build, serve on this machine, rebuild and reload whatever changes."""

from __future__ import annotations

from build import ROOT, build
from livereload import Server

PORT = 8000
WATCHED = ("book", "emergence_lib", "_config.yml", "_toc.yml")


def rebuild() -> None:
    """Build; a failure is printed and the last good pages stay."""
    build(ROOT)


def main() -> None:
    """Serve until interrupted."""
    rebuild()
    server = Server()
    for name in WATCHED:
        server.watch(str(ROOT / name), rebuild, delay=0.5)
    print(f"Serving on http://localhost:{PORT}; Ctrl+C stops.")
    server.serve(root=str(ROOT / "_build" / "html"), port=PORT, host="localhost")


if __name__ == "__main__":
    main()
