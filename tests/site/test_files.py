"""The files of the built book: links, names, weights, notebooks."""

from __future__ import annotations

import gzip
import json
import re
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urldefrag, urlparse

import nbformat
import pytest
from bs4 import BeautifulSoup, Tag
from fontTools.ttLib import TTFont

from tests.site.conftest import SITE, chapter_names, page_names

SHARED_BUDGET = 130_000
PAGE_BUDGET = 210_000


@cache
def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


def compressed(data: bytes) -> int:
    return len(gzip.compress(data, 6))


def local_assets(path: Path) -> set[Path]:
    """Return the files that a page loads: styles, scripts, pictures, and fonts of its styles."""
    page = soup(path)
    links = [tag["src"] for tag in page.select("script[src], img[src]")]
    links += [tag["href"] for tag in page.select("link[rel=stylesheet], link[rel*=icon]")]
    found = {(path.parent / unquote(urlparse(str(link)).path)).resolve() for link in links}
    for style in [each for each in found if each.suffix == ".css"]:
        for url in re.findall(r"url\(([^)]+)\)", style.read_text("utf-8")):
            name = url.strip("'\"")
            if name.startswith(("data:", "#")):
                continue
            font = (style.parent / name).resolve()
            # A browser loads the mathematics font only for a page that has a formula.
            if "em-math" not in font.name or page.find("math"):
                found.add(font)
    return found


@pytest.mark.parametrize("name", page_names())
def test_every_internal_link_and_anchor_resolves(site: Path, name: str) -> None:
    path = site / name
    broken = []
    for tag in soup(path).select("a[href], link[href], script[src], img[src]"):
        target = str(tag.get("href") or tag.get("src"))
        if urlparse(target).scheme:
            continue
        file, anchor = urldefrag(target)
        wanted = (path.parent / unquote(urlparse(file).path)).resolve() if file else path
        if wanted.is_dir():
            wanted = wanted / "index.html"
        if not wanted.is_file() or (anchor and not soup(wanted).find(id=unquote(anchor))):
            broken.append(target)
    assert not broken


@pytest.mark.parametrize("name", page_names())
def test_the_code_of_a_prediction_opens_with_its_answer_only(site: Path, name: str) -> None:
    for asked in soup(site / name).select(".cell:has(.em-predict)"):
        code = asked.select(".highlight")
        assert code
        assert [each for each in code if not each.find_parent(class_="em-reveal")] == []


@pytest.mark.parametrize("name", page_names())
def test_one_title_no_duplicate_id_and_a_text_for_every_picture(site: Path, name: str) -> None:
    page = soup(site / name)
    # The theme repeats the title in a heading that only paper shows.
    titles = [tag for tag in page.find_all("h1") if not tag.find_parent(id="jb-print-docs-body")]
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(titles) == 1
    assert sorted({each for each in ids if ids.count(each) > 1}) == []
    for picture in page.select("img, svg:not([role=img] svg, [aria-hidden=true] svg), [role=img]"):
        hidden = picture.get("aria-hidden") == "true"
        named = picture.get("alt") or picture.get("aria-label") or picture.get("aria-labelledby")
        assert hidden or (named and not re.search(r"[0-9a-f]{32}", str(named))), picture.name
    # A figure's own drawing is hidden from those who cannot see it: its frame speaks for it.
    for drawing in page.select(".em-figure .em-svg"):
        assert drawing.find_parent(attrs={"role": "img"})


@pytest.mark.parametrize("name", page_names())
def test_words_that_set_a_control_name_a_value_it_has(site: Path, name: str) -> None:
    page = soup(site / name)
    for link in page.select("a.em-set"):
        figure = page.find(id=f"fig-{link['data-em-figure']}")
        assert isinstance(figure, Tag), f"{link}: this page has no such figure"
        data = figure.find("script", type="application/json")
        assert data is not None, f"{link}: the figure has no controls"
        values = {each["key"]: each["values"] for each in json.loads(data.text)["controls"]}
        for key, value in parse_qsl(str(link["data-em-set"])):
            if key == "play":
                assert value == "on", f"{link}: play takes on"
                assert figure.select(".em-again"), f"{link}: the figure has no process"
                continue
            assert key in values, f"{link}: the figure has {', '.join(values)}"
            assert value in values[key], f"{link}: {key} takes {', '.join(values[key])}"


@pytest.mark.parametrize("name", page_names())
def test_nothing_is_asked_of_another_host(site: Path, name: str) -> None:
    asked = [
        tag.get("src") or tag.get("href")
        for tag in soup(site / name).select("script[src], img[src], link[href], iframe[src]")
        if urlparse(str(tag.get("src") or tag.get("href"))).netloc
    ]
    assert not asked
    for asset in local_assets(site / name):
        if asset.suffix == ".css":
            assert not re.findall(r"url\(['\"]?(?:https?:)?//", asset.read_text("utf-8")), asset


@pytest.mark.parametrize("name", page_names())
def test_a_page_is_light(site: Path, name: str) -> None:
    shared = sum(compressed(each.read_bytes()) for each in local_assets(site / name))
    whole = shared + compressed((site / name).read_bytes())
    print(f"{name}: {shared / 1000:.0f} kB shared, {whole / 1000:.0f} kB in all")
    assert shared <= SHARED_BUDGET
    assert whole <= PAGE_BUDGET


def test_every_character_of_the_text_is_in_the_books_fonts(site: Path) -> None:
    fonts = (TTFont(SITE / "_static" / "fonts" / f"em-{name}.woff2") for name in ("serif", "sans"))
    serif, sans = (set(map(chr, font.getBestCmap())) for font in fonts)
    missing = {}
    for name in page_names():
        page = BeautifulSoup((site / name).read_text("utf-8"), "html.parser")
        for tag in page.select("script, style, math, pre, code, svg"):
            tag.decompose()
        shown = {each for each in page.text if each.isprintable()}
        missing[name] = "".join(sorted(shown - (serif & sans)))
    assert {name: lacks for name, lacks in missing.items() if lacks} == {}


@pytest.mark.parametrize("name", chapter_names())
def test_a_chapter_has_its_head(site: Path, name: str) -> None:
    head = soup(site / name).select_one("header.em-head")
    assert isinstance(head, Tag)
    promise = head.select_one(".em-promise")
    assert promise is not None
    assert promise.text.strip()
    assert re.search(r"Chapter \d+", head.text)
    assert re.search(r"\d+ min read", head.text)


@pytest.mark.parametrize("name", chapter_names())
def test_a_chapter_downloads_as_a_notebook_without_the_books_own_syntax(
    site: Path, name: str
) -> None:
    link = soup(site / name).select_one(".em-run a[download]")
    assert link is not None
    path = (site / name).parent / str(link["href"])
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert not re.search(r"\{[\w:-]+\}`|^:::|^```\{", prose, re.MULTILINE)


def test_links_that_need_the_repository_are_left_out_while_it_is_unset(site: Path) -> None:
    for path in site.glob("book/**/*.html"):
        hosts = {urlparse(str(tag["href"])).netloc for tag in soup(path).select("a[href]")}
        assert not hosts & {"colab.research.google.com", "mybinder.org"}


def test_the_mathematics_font_has_every_character_of_every_formula(site: Path) -> None:
    font = TTFont(SITE / "_static" / "fonts" / "em-math.woff2")
    known = set(map(chr, font.getBestCmap()))
    invisible = set("\u2061\u2062\u2063\u2064")
    missing = set()
    for path in site.glob("book/**/*.html"):
        for formula in soup(path).find_all("math"):
            shown = {each for each in formula.text if not each.isspace()}
            # A browser draws a one-letter <mi> in mathematical italic: U+1D44E for "a".
            letters = [tag.text for tag in formula.find_all("mi") if len(tag.text) == 1]
            shown |= {chr(0x1D44E + ord(x) - ord("a")) for x in letters if x in "abcdefgnpqstxyz"}
            shown |= {"√"} if formula.find(["msqrt", "mroot"]) else set()
            missing |= shown - known
    assert missing <= invisible


def test_every_page_says_what_it_is_about(site: Path) -> None:
    descriptions = {}
    for name in page_names():
        tag = soup(site / name).select_one("meta[name=description]")
        assert tag is not None, name
        descriptions[name] = str(tag["content"])
        assert 20 <= len(descriptions[name]) <= 160, name
    assert len(set(descriptions.values())) == len(descriptions)
