"""Make the book's font files, cut down to the characters it uses.

Run by hand when a page needs a character that its font lacks (a test says so), with the files that
book/assets/fonts/README.md names, all or some of them:

    python tools/subset_fonts.py SourceSerif4-Regular.ttf SourceSans3VF-Upright.ttf ...

The licences allow it, and ask that a changed font does not keep its name.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

HERE = Path(__file__).parent.parent
FONTS = HERE / "book" / "assets" / "fonts"
DRAWN = HERE / "emergence_lib" / "assets" / "fonts"

ITALIC = "".join(map(chr, range(0x1D434, 0x1D468))) + "ℎ"
GREEK_ITALIC = "".join(map(chr, range(0x1D6FC, 0x1D715))) + "𝛥𝛤𝛩𝛬𝛱𝛴𝛷𝛹𝛺"
UPRIGHT = "".join(map(chr, range(0x20, 0x7F)))
SYMBOLS = "×÷±∓·⋅∑∏∫∂∇√∞≈≃≅∼∝≠≤≥≪≫∈∉→←⇒↦⟨⟩⌊⌋⌈⌉∣‖…⋯−∕′″ˆ˜ˇ˙ℓℝℕℤ𝔼ℒ𝒩‾¯̅^̂~̃"
MATHEMATICS = ITALIC + GREEK_ITALIC + UPRIGHT + SYMBOLS + "αβγδεζηθκλμνξπρσςτφχψωΓΔΘΛΠΣΦΨΩ"

WORDS = UPRIGHT + "\u00a0–—‘’“”…·×−±≈≤≥→½°⁻⁰¹²³⁴⁵⁶⁷⁸⁹äöüéèçíóőåñáćαβν"
SLANTED = UPRIGHT + "\u00a0–‘’“”×−éèöü"
LABELS = WORDS + "▾▸✓"
DRAWN_LABELS = LABELS + "₀₁₂₃αβµ√∞ΔΣ◆●○■▲"

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


def cut(source: Path, characters: str, features: str = "") -> TTFont:
    """Return a font with the wanted characters and, for mathematics, their stretched forms."""
    options = subset.Options(
        layout_features=features.split(),
        hinting=False,
        drop_tables=["DSIG", "FFTM"],
        name_IDs=[0, 1, 2, 4, 6, 13, 14],  # the licence goes with every copy
    )
    font = subset.load_font(str(source), options)
    for table in font["cmap"].tables:  # Source Serif has a raised dash, but not as the raised minus
        if "endash.sups" in font.getGlyphOrder():
            table.cmap.setdefault(ord("⁻"), "endash.sups")
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[ord(each) for each in characters])
    cutter.subset(font)
    return font


def rename(font: TTFont, family: str, style: str = "Regular") -> None:
    """Give a changed font the book's own name for it."""
    for record in font["name"].names:
        record.string = {1: family, 2: style, 4: f"{family} {style}", 16: family, 17: style}.get(
            record.nameID, record.toUnicode()
        )
    font["name"].setName(f"{family} {style}".replace(" ", "-"), 6, 3, 1, 0x409)


def write(font: TTFont, path: Path) -> None:
    """Write a font, compressed if it is for the page, and say what it weighs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    font.flavor = "woff2" if path.suffix == ".woff2" else None
    font.save(path)
    print(f"{path.name}: {path.stat().st_size / 1000:.1f} kB")


def serif(source: Path, target: str, style: str, characters: str) -> None:
    """Write one style of the text's family."""
    font = cut(source, characters, "kern liga pnum")
    rename(font, "EM Serif", style)
    write(font, FONTS / target)


def sans(source: Path) -> None:
    """Write the family of headings and labels: one file for pages, two for Matplotlib."""
    font = instancer.instantiateVariableFont(cut(source, LABELS, "kern liga"), {"wght": (400, 700)})
    rename(font, "EM Sans")
    write(font, FONTS / "em-sans.woff2")
    for weight, style in ((400, "Regular"), (700, "Bold")):
        still = instancer.instantiateVariableFont(
            cut(source, DRAWN_LABELS, "kern"), {"wght": weight}
        )
        still["OS/2"].usWeightClass = weight
        rename(still, "EM Sans", style)
        write(still, DRAWN / f"em-sans-{style.lower()}.ttf")


CUTS = {
    "latinmodern-math.otf": lambda path: write(cut(path, MATHEMATICS), FONTS / "em-math.woff2"),
    "fa-solid-900.ttf": lambda path: write(
        cut(path, "".join(map(chr, ICONS.values()))), FONTS / "em-icons.woff2"
    ),
    "SourceSerif4-Regular.ttf": lambda path: serif(path, "em-serif.woff2", "Regular", WORDS),
    "SourceSerif4-It.ttf": lambda path: serif(path, "em-serif-italic.woff2", "Italic", SLANTED),
    "SourceSans3VF-Upright.ttf": sans,
}


def main() -> None:
    """Cut the fonts named on the command line."""
    sources = [Path(each) for each in sys.argv[1:]]
    if not sources or any(each.name not in CUTS for each in sources):
        raise SystemExit(f"{__doc__}\nName any of {', '.join(CUTS)}.")
    for source in sources:
        CUTS[source.name](source)


if __name__ == "__main__":
    main()
