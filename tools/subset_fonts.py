"""Make the book's two font files: mathematics and icons, cut down to the characters it uses.

Run by hand when a formula needs a character that the font lacks (a test says so):

    python tools/subset_fonts.py latinmodern-math.otf fa-solid-900.ttf

The first comes from Debian's fonts-lmodern, the second from pydata-sphinx-theme's folder of
webfonts. Both licences allow it; see book/assets/fonts/README.md.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset

FONTS = Path(__file__).parent.parent / "book" / "assets" / "fonts"

ITALIC = "".join(map(chr, range(0x1D434, 0x1D468))) + "ℎ"
GREEK_ITALIC = "".join(map(chr, range(0x1D6FC, 0x1D715))) + "𝛥𝛤𝛩𝛬𝛱𝛴𝛷𝛹𝛺"
UPRIGHT = "".join(map(chr, range(0x20, 0x7F)))
SYMBOLS = "×÷±∓·⋅∑∏∫∂∇√∞≈≃≅∼∝≠≤≥≪≫∈∉→←⇒↦⟨⟩⌊⌋⌈⌉∣‖…⋯−∕′″ˆ˜ˇ˙ℓℝℕℤ𝔼ℒ𝒩‾¯̅^̂~̃"
MATHEMATICS = ITALIC + GREEK_ITALIC + UPRIGHT + SYMBOLS + "αβγδεζηθκλμνξπρσςτφχψωΓΔΘΛΠΣΦΨΩ"

ICONS = {
    "arrow-up": 0xF062,
    "magnifying-glass": 0xF002,
    "angle-left": 0xF104,
    "angle-right": 0xF105,
    "bars": 0xF0C9,
    "list": 0xF03A,
    "circle-half-stroke": 0xF042,
    "sun": 0xF185,
    "moon": 0xF186,
    "chevron-down": 0xF078,
    "chevron-right": 0xF054,
    "xmark": 0xF00D,
}


def cut(source: str, target: str, characters: set[int]) -> None:
    """Write a WOFF2 with the wanted characters and, for mathematics, their stretched forms."""
    options = subset.Options(
        flavor="woff2", layout_features=[], hinting=False, drop_tables=["DSIG", "FFTM"]
    )
    font = subset.load_font(source, options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)
    subset.save_font(font, str(FONTS / target), options)
    print(f"{target}: {(FONTS / target).stat().st_size / 1000:.1f} kB")


def main() -> None:
    """Cut both fonts."""
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    FONTS.mkdir(exist_ok=True)
    cut(sys.argv[1], "em-math.woff2", {ord(each) for each in MATHEMATICS})
    cut(sys.argv[2], "em-icons.woff2", set(ICONS.values()))


if __name__ == "__main__":
    main()
