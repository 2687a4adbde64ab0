"""A Content-Security-Policy as the first line of each page's head.

The book is served as plain files, so no server can send the policy. A page may run the site's own
script files and the lines that it carries itself, each by its hash; nothing that a table or a link
could smuggle in runs, and nothing is asked of another host. Workers are made from text, because a
page that is opened as a file may load none.
"""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from sphinx.application import Sphinx

DIRECTIVES = {
    "default-src": "'self'",  # Firefox fetches the next page ahead, which no other line allows
    "script-src": "'self'",
    "worker-src": "blob:",
    "style-src": "'self'",
    "style-src-attr": "'unsafe-inline'",  # the places and widths of what Matplotlib drew
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",  # the search quotes the pages it finds
    "base-uri": "'none'",
    "form-action": "'self' file:",  # Firefox takes no file for 'self' here
    "object-src": "'none'",
}
LINE = re.compile(r'<meta http-equiv="Content-Security-Policy" content="[^"]*">\n?')
INLINE = re.compile(r"<(?P<tag>script|style)\b(?P<attributes>[^>]*)>(?P<text>.*?)</(?P=tag)>", re.S)
# Scripts of another type are data; the browser does not run them.
DATA = re.compile(r"\bsrc=|\btype=(?![\"']?(?:text/javascript|module)\b)")


def hashes(page: str, tag: str) -> list[str]:
    """Return the source expressions of a page's inline scripts or styles, each once.

    Parameters
    ----------
    page : str
        The markup.
    tag : {"script", "style"}
        Which elements.
    """
    inside = [
        match["text"]
        for match in INLINE.finditer(page)
        if match["tag"] == tag and not DATA.search(match["attributes"])
    ]
    digests = (sha256(text.encode()).digest() for text in dict.fromkeys(inside))
    return [f"'sha256-{b64encode(digest).decode()}'" for digest in digests]


def policy(page: str) -> str:
    """Return the policy of a page."""
    allowed = {
        **DIRECTIVES,
        **{f"{tag}-src": " ".join(["'self'", *hashes(page, tag)]) for tag in ("script", "style")},
    }
    return "; ".join(f"{name} {sources}" for name, sources in allowed.items())


def with_policy(page: str) -> str:
    """Return a page with its policy, in place of the one it may have had."""
    bare = LINE.sub("", page)
    line = f'<meta http-equiv="Content-Security-Policy" content="{policy(bare)}">\n'
    return re.sub(r"(<head>\s*)", lambda head: head[1] + line, bare, count=1)


def write_policies(app: Sphinx, exception: Exception | None) -> None:
    """Write the policy into every page; those that have theirs are left alone."""
    if exception or app.builder.format != "html":
        return
    for path in sorted(Path(app.outdir).rglob("*.html")):
        page = path.read_text("utf-8")
        made = with_policy(page)
        if made != page:
            path.write_text(made, "utf-8")


def setup(app: Sphinx) -> None:
    """Write the policies when all else is written."""
    app.connect("build-finished", write_policies, priority=950)
