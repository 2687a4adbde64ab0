"""What a cell displays: HTML, text and picture, for the book and for live notebooks."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Callable
from functools import cache
from importlib.resources import files

from emergence_lib import theme


def building_book() -> bool:
    """Return whether the book is being built (its pages load scripts and styles themselves)."""
    return os.environ.get("EMERGENCE_STATIC") == "1"


@cache
def asset(name: str) -> str:
    """Return the text of one script or style file of the package."""
    return (files("emergence_lib") / "assets" / name).read_text(encoding="utf-8")


class Output:
    """A displayed thing: HTML for the page, a sentence for text, a PNG where HTML cannot go.

    Parameters
    ----------
    html : str
        The markup, without scripts or styles.
    text : str
        What stands in for it where only text can be shown.
    assets : tuple of str
        Names in `emergence_lib.assets`, carried along in a live notebook.
    png : callable, optional
        Draws the picture when it is asked for; returns the bytes of a PNG file.
    """

    def __init__(
        self,
        html: str,
        text: str,
        *,
        assets: tuple[str, ...] = (),
        png: Callable[[], bytes] | None = None,
    ) -> None:
        self._html = html
        self.text = text
        self.assets = assets
        self.png = png

    @property
    def html(self) -> str:
        """The markup, without scripts or styles."""
        return self._html

    def carried(self) -> str:
        """Return the styles and scripts that a live notebook needs beside the markup."""
        styles = "".join(asset(name) for name in self.assets if name.endswith(".css"))
        scripts = "".join(
            f"<script>{asset(name)}</script>" for name in self.assets if name.endswith(".js")
        )
        return f"<style>{theme.css_variables()}{styles}</style>{scripts}"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """Return every form of the output, by media type (IPython's protocol)."""
        html = self.html if building_book() else self.html + self.carried()
        bundle = {"text/html": html, "text/plain": self.text}
        if self.png is not None:
            bundle["image/png"] = b64encode(self.png()).decode("ascii")
        return bundle
