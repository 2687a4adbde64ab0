"""What others see of a page: cards in social networks, the site's map, and how to cite it.

Cards and the map need whole addresses. They are made only if the site's own is set: `em_site`, from
the environment variable ``EMERGENCE_SITE`` ("https://owner.github.io/name/"), which the publishing
workflow fills. The tags are those of sphinxext-opengraph; the picture on a page's card is its first
figure, as its cell drew it.
"""

from __future__ import annotations

import io
import os
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from docutils import nodes
from PIL import Image, ImageOps
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError

BOOK = "Emergence: an executable handbook"
CARDS = "_static/cards"
SHAPE = 1.91
"""Width by height of a card, as social networks show it."""


def address(app: Sphinx, path: str) -> str:
    """Return the whole address of a file of the site, or nothing if the site's is not set."""
    return urljoin(app.config.em_site, path) if app.config.em_site else ""


def check_address(app: Sphinx, config: Config) -> None:
    """Refuse an address that no page can have; hand a good one on.

    Raises
    ------
    ExtensionError
        If the address does not begin with ``https://`` or ``http://``.
    """
    del app
    site = config.em_site
    if not site:
        return
    if not site.startswith(("https://", "http://")):
        raise ExtensionError(
            f"EMERGENCE_SITE: found {site!r}, want the address of the site. Remedy: set it to "
            "something like https://owner.github.io/name/, or leave it unset"
        )
    config.em_site = config.ogp_site_url = site.rstrip("/") + "/"
    config.ogp_social_cards = {"enable": False}  # those show words only
    config.ogp_enable_meta_description = False  # see lean.py


def first_picture(doctree: nodes.document) -> str:
    """Return the path of the first picture that a cell of a page drew, or nothing."""
    images = (each["uri"] for each in doctree.findall(nodes.image))
    return next((str(uri) for uri in images if str(uri).endswith(".png")), "")


def note_picture(app: Sphinx, doctree: nodes.document) -> None:
    """Note a page's first picture while the page still has the pictures beside the drawings."""
    app.env.metadata[app.env.docname]["em_picture"] = first_picture(doctree)


def card(picture: bytes) -> bytes:
    """Return a picture on white, in the shape of a card."""
    with Image.open(io.BytesIO(picture)) as drawn:
        image = drawn.convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    flat = Image.alpha_composite(white, image).convert("RGB")
    size = (
        max(flat.width, round(flat.height * SHAPE)),
        max(flat.height, round(flat.width / SHAPE)),
    )
    stream = io.BytesIO()
    ImageOps.pad(flat, size, color="white").save(stream, format="PNG", optimize=True)
    return stream.getvalue()


def card_path(pagename: str) -> str:
    """Return where the site keeps the picture of a page's card."""
    return f"{CARDS}/{pagename.replace('/', '-')}.png"


def describe_card(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Give the tags of a page's card its picture and its description."""
    del template
    from emergence_lib.sphinxext.lean import description

    meta = context.get("meta")
    if doctree is None or meta is None or not app.config.em_site:
        return
    meta["og:description"] = escape(description(doctree))
    picture = Path(app.srcdir, meta.get("em_picture") or "none")
    if picture.is_file():
        path = Path(app.outdir, card_path(pagename))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(card(picture.read_bytes()))
        meta["og:image"] = address(app, card_path(pagename))
        meta["og:image:alt"] = escape(str(context.get("title", pagename)))


def write_map(app: Sphinx, exception: Exception | None) -> None:
    """Write the addresses of all pages for search engines, in the order of their names."""
    if exception or app.builder.format != "html" or not app.config.em_site:
        return
    pages = (app.builder.get_target_uri(name) for name in sorted(app.env.found_docs))
    entries = "".join(f"<url><loc>{escape(address(app, page))}</loc></url>\n" for page in pages)
    Path(app.outdir, "sitemap.xml").write_text(
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>\n',
        "utf-8",
    )
    Path(app.outdir, "robots.txt").write_text(
        f"User-agent: *\nAllow: /\nSitemap: {address(app, 'sitemap.xml')}\n", "utf-8"
    )


def citation(app: Sphinx, pagename: str, title: str, chapter: str) -> str:
    """Return the fold that says how to cite a chapter: as plain text and as BibTeX.

    No date and no commit: the same chapter is cited alike by everybody.
    """
    authors, year = app.config.author, app.config.copyright
    url = address(app, app.builder.get_target_uri(pagename))
    plain = f"{authors} ({year}). “{title}”. Chapter {chapter} of {BOOK}.{f' {url}' if url else ''}"
    fields = {
        "author": f"{{{authors}}}",
        "title": title,
        "booktitle": BOOK,
        "chapter": chapter,
        "year": year,
        **({"url": url} if url else {}),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    bibtex = f"@incollection{{emergence-{pagename.rpartition('/')[2]},\n{lines}}}"
    return (
        '<details class="em-run em-cite"><summary>Cite this page</summary>'
        f'<p>{escape(plain)}</p><div class="highlight"><pre>{escape(bibtex)}</pre></div></details>'
    )


def setup(app: Sphinx) -> None:
    """Register the site's address; describe cards only if it is set."""
    site = os.environ.get("EMERGENCE_SITE", "")
    app.add_config_value("em_site", site, "env")
    if site:
        app.setup_extension("sphinxext.opengraph")
        app.connect("config-inited", check_address)
    app.connect("doctree-read", note_picture, priority=900)  # when its path is known
    app.connect("html-page-context", describe_card, priority=400)
    app.connect("build-finished", write_map)
