"""A page asks at once for the fonts of its first screen, and for no other."""

from __future__ import annotations

import pytest

from emergence_lib.sphinxext import lean


@pytest.mark.parametrize(
    ("body", "fonts"),
    [
        ("<p>Words alone.</p>", []),
        ("<p>With <em>weight</em>.</p>", ["em-serif-italic"]),
        ("<p>With <math><mi>p</mi></math>.</p>", ["em-math"]),
        ('<figure class="a"><math></math></figure><p><em>p</em></p>', ["em-serif-italic"]),
        ("<figure>" + 9_000 * "x" + "</figure><math>", ["em-math"]),
        (9_000 * "x" + "<math>", []),
    ],
)
def test_the_fonts_of_the_first_screen_are_fetched_with_the_styles(
    body: str, fonts: list[str]
) -> None:
    assert lean.first_fonts(body) == fonts
