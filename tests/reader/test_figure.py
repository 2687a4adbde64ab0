"""Showing a figure: what is refused, and what the page gets."""

from __future__ import annotations

import re
from typing import Any

import pytest

from emergence_lib.reader import markup, show
from emergence_lib.reader.figure import coarse
from tests.reader.scenes import curve, power

WORDS: Any = {
    "name": "few-shot",
    "alt": "Two rising curves.",
    "caption": "Larger is better. So far.",
}


@pytest.fixture(autouse=True)
def book(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMERGENCE_STATIC", "1")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"alt": " "}, "alt is empty; write"),
        ({"caption": ""}, "caption is empty; write"),
        ({"alt": "Larger is better. So far."}, "alt repeats the caption"),
        ({"name": "Few shot"}, "name is 'Few shot'"),
    ],
)
def test_missing_words_are_refused(change: dict[str, str], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        show(curve(), **(WORDS | change))


def test_a_scene_is_sent_to_explore() -> None:
    with pytest.raises(ValueError, match="explore"):
        show(power(), **WORDS)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="empty list"):
        show([], **WORDS)


def test_bundle_has_page_text_and_picture() -> None:
    bundle = show(curve(), **WORDS)._repr_mimebundle_()
    assert sorted(bundle) == ["image/png", "text/html", "text/plain"]
    assert bundle["text/plain"] == "Two rising curves."


def test_page_carries_no_script_and_no_style() -> None:
    html = show(curve(), **WORDS)._repr_mimebundle_()["text/html"]
    assert "<script" not in html
    assert "<style" not in html


def test_live_notebook_carries_its_style(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMERGENCE_STATIC")
    html = show(curve(), **WORDS)._repr_mimebundle_()["text/html"]
    assert "<style>" in html
    assert "--em-blue:#0b61a4" in html
    assert ".em-figure" in html


def test_same_bytes_every_time() -> None:
    assert show(curve(), **WORDS).html == show(curve(), **WORDS).html


def test_caption_sets_its_first_sentence_apart() -> None:
    html = show(curve(), **WORDS).html
    assert re.search(
        r'<figcaption class="em-lead" id="fig-few-shot-lead">Larger is better.</f', html
    )


def test_redo_names_the_function_that_drew_it() -> None:
    assert "python -m emergence_lib figure scenes.curve</code>" in show(curve(), **WORDS).html


def test_figure_of_unknown_origin_has_no_redo() -> None:
    figure = curve()
    del figure.origin  # type: ignore[attr-defined]
    assert "Redo" not in show(figure, **WORDS).html


def test_panels_share_one_description_and_no_identifier() -> None:
    html = show([curve(), curve()], **WORDS).html
    assert html.count('role="img"') == 1
    assert html.count('class="em-panel"') == html.count('class="em-svg em-fluid"') == 2
    identifiers = re.findall(r' id="([^"]+)"', html)
    assert len(identifiers) == len(set(identifiers))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.01, "a few seconds"), (4, "a few seconds"), (30, "under a minute"), (90, "some minutes")],
)
def test_time_is_said_coarsely(seconds: float, words: str) -> None:
    assert coarse(seconds) == words


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("One. Two.", "One."),
        ("Accuracy is 0.5 at 7e9. More", "Accuracy is 0.5 at 7e9."),
        ("Wei et al. (2022) saw it. More", "Wei et al. (2022) saw it."),
        ("It is $p. q$ here. More", "It is $p. q$ here."),
        ("Each follows its diagonal. More", "Each follows its diagonal."),
        ("No stop", "No stop"),
    ],
)
def test_first_sentence(text: str, lead: str) -> None:
    assert markup.first_sentence(text)[0] == lead


def test_markup_escapes_what_is_not_markup() -> None:
    assert markup.inline("a < b & *c* `x<y`") == "a &lt; b &amp; <em>c</em> <code>x&lt;y</code>"
    assert markup.inline(r"\$5 and \*") == "$5 and *"
    assert "<math" in markup.inline("$p^n$")
    assert markup.inline("[data](https://a.org/?x=1&y)").startswith(
        '<a href="https://a.org/?x=1&amp;'
    )
    assert "<a" not in markup.inline("[x](javascript:alert)")
    assert markup.inline("arc_easy, `` a`b ``") == "arc_easy, <code>a`b</code>"
    assert markup.inline("*where $a*b$ holds*").startswith("<em>where <math>")


def test_plain_text_has_no_marks() -> None:
    assert markup.plain(r" *a $p^n$* `x` [**b**](/c) \$5 ") == "a p^n x b $5"
    assert markup.plain("") == ""


def test_broken_formula_is_quoted() -> None:
    with pytest.raises(ValueError, match=r"\\fraq"):
        markup.inline(r"$\fraq{1}{2}$")
