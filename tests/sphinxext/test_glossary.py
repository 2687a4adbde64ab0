"""Each term is linked and explained where a page first has it, and nowhere that it is not meant."""

from __future__ import annotations

import json

import pytest
from bs4 import BeautifulSoup, Tag

from emergence_lib.sphinxext.glossary import Words
from tests.sphinxext.small_book import SmallBook

TERMS = """\
loss:
  level: beginner
  definition: What training makes smaller. It is said in nats, see the chapter on $n$.
  synonyms: [losses]
loss threshold:
  level: expert
  definition: A loss above which nothing is learned, "so to say".
scale:
  level: intermediate
  definition: How large a run is, e.g. in parameters. More follows.
  elsewhere: [scale of fish, Scale the]
"""
PAGE = """\
---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3}
chapter: 1
promise: You will know.
---
# Loss

The scale of fish, `loss`, [a loss](https://example.org) and {try}`loss <one?n=1>`, then **Losses**.

```{code-cell} python
from matplotlib.figure import Figure
from emergence_lib import theme
from emergence_lib.reader import show

@theme.figure
def empty():
    figure = Figure()
    figure.subplots()
    return figure

show(
    empty(),
    name="one",
    alt="Empty axes.",
    caption="Above the loss threshold and its scale nothing is learned, at any *scale* of loss.",
)
```

A scale is met again, a scale; a loss, a {term}`threshold <loss threshold>`. A colossal scalene.
"""


@pytest.fixture(scope="module")
def article(tmp_path_factory: pytest.TempPathFactory) -> Tag:
    book = SmallBook(tmp_path_factory.mktemp("glossary") / "small")
    book.contents({"I. Begin": ["begin/first"]})
    book.write("index.md", "# A book\n\nIt begins.\n\n```{levelled-glossary}\n```\n")
    book.write("glossary.yml", TERMS)
    book.write("begin/first.md", PAGE)
    code, printed = book.build()
    assert code == 0, printed
    found = BeautifulSoup(book.page("begin/first"), "html.parser").select_one("article")
    assert isinstance(found, Tag)
    return found


def test_a_term_is_linked_at_its_first_place_in_prose_and_captions(article: Tag) -> None:
    links = [(each.get_text(), str(each["href"])) for each in article.select("a.em-term")]
    assert links == [
        ("Losses", "../index.html#term-loss"),
        ("loss threshold", "../index.html#term-loss-threshold"),
        ("scale", "../index.html#term-scale"),
        # The margin beside the prose has room for what a caption had first.
        ("scale", "../index.html#term-scale"),
        ("threshold", "../index.html#term-loss-threshold"),
    ]
    assert [bool(each.find_parent("figure")) for each in article.select("a.em-term")] == [
        False,
        True,
        True,
        False,
        False,
    ]


def test_links_carry_their_level_and_the_page_its_definitions(article: Tag) -> None:
    marks = [
        {"em-beginner", "em-intermediate", "em-expert"} & set(each["class"])
        for each in article.select("a.em-term")
    ]
    levels = [level for each in marks for level in each]
    assert levels == ["em-beginner", "em-expert", *["em-intermediate"] * 2, "em-expert"]
    data = article.select_one("#em-tips")
    assert isinstance(data, Tag)
    assert sorted(json.loads(data.text)) == ["term-loss", "term-loss-threshold", "term-scale"]


def test_the_first_sentence_stands_at_the_first_link_in_prose(article: Tag) -> None:
    said = [each.get("data-em-gloss") for each in article.select("a.em-term")]
    assert said == [
        "What training makes smaller.",
        None,
        None,
        "How large a run is, e.g. in parameters.",
        "A loss above which nothing is learned, “so to say”.",
    ]


def test_longer_terms_and_phrases_come_first_and_words_are_whole() -> None:
    words = Words({"loss": {}, "loss threshold": {}, "FLOP": {"elsewhere": ["belly FLOP"]}})
    text = "A loss threshold, belly FLOP, FLOPs, flop, glossy; lossless. Loss-free. Loss."
    assert [term for term, *_ in words.found(text)] == ["loss threshold", "FLOP", "loss"]
