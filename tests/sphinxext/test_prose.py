"""Words, stretches and graded numbers of a page, against counts made by hand."""

from __future__ import annotations

import pytest

from emergence_lib.sphinxext.prose import Paragraph, Stretch, measure

FIGURE = """\
<figure class="em-figure em-explorable"><figcaption class="em-lead">It rises.</figcaption>
<div role="img" aria-label="Not read, an alternative text."><svg><svg><path></path></svg>
<text>not read</text></svg></div><div class="em-side">
<fieldset class="em-controls"><legend class="em-hidden">Controls of the figure</legend>
<label>step</label><output>300</output><button>Play</button></fieldset>
<p class="em-readout"><span>Step 300: half.</span></p>
<noscript><p>A still picture.</p></noscript><p class="em-caption">Two curves.</p></div>
<div class="em-fine"><details class="em-numbers"><summary>Numbers</summary>
<table><tr><td>1</td></tr></table></details>
<details class="em-how"><summary>Code</summary><p>Redo it.</p><pre>not read</pre></details>
<details class="em-from"><summary>Source</summary><p>Seed 0.</p></details>
<details class="em-take"><summary>Take</summary><p><button>SVG</button></p></details></div>
</figure>"""  # Step 300: half. It rises. Two curves. Seed 0. -> 9 words

PREDICTION = """\
<div class="em-predict"><form><fieldset><legend><span class="em-kicker">Predict</span> How many?
</legend><label class="em-option"><input><span>two</span></label><label class="em-option"><input>
<span>three</span></label></fieldset><p><button>Commit</button></p></form>
<details class="em-reveal"><summary>Look without predicting</summary><p class="em-told">
<span class="em-truth">Answer: <strong>two</strong>.</span> Count them.</p></details></div>"""
# How many? two three Count them. -> 6 words

QUESTION = """\
<section class="em-quiz"><p class="em-quiz-title">Ladders</p><p class="em-score">1 question</p>
<form class="em-question"><fieldset><legend>Which one?</legend>
<label class="em-option"><input><span>this</span></label></fieldset>
<details class="em-answer"><summary>Answer and reasons</summary><ul><li><strong>Right: this</strong>
<span>It is.</span></li></ul></details></form></section>"""
# Ladders Which one? this -> 4 words

CODE = """\
<details class="em-fold em-code"><summary>The code</summary><pre>print("not read")</pre></details>
<div class="output"><pre>not read</pre></div>"""

EXERCISE = """\
<div class="exercise admonition"><p class="admonition-title">Exercise 1</p><p>Try it.</p></div>
<details class="em-fold solution"><summary>Solution</summary><p>As above.</p></details>"""
# Exercise 1 Try it. -> 4 words; Solution As above. -> 3 words


def claim(number: str) -> str:
    badge = '<span class="em-badge" role="img" title="re-run here"></span>'
    return f'<a class="em-claim" href="claims.html">{number}{badge}</a>'


def section(title: str, *blocks: str) -> str:
    link = '<a class="headerlink" href="#">#</a>'
    return f"<section><h2>{title}{link}</h2>{''.join(blocks)}</section>"


PAGE = f"""\
<html><nav><p>Not on the page.</p></nav><article class="bd-article"><header class="em-head">
<p class="em-part">Part I</p><h1>The title</h1><p class="em-promise">You will see.</p>
<div class="em-ways"><span>9 min read</span></div></header>
<p>One two three.</p>{FIGURE}{CODE}
{
    section(
        "Ladders",
        "<p>Four words are here.</p>",
        PREDICTION,
        f"<p>From {claim('10%')} to {claim('90%')}, then on.</p>",
        "<ul><li><p>one</p></li><li><p>two</p></li></ul>",
    )
}
{section("To do", EXERCISE, QUESTION, "<p>The end.</p>")}
<script type="application/json">{{"ladder": "A definition, not read."}}</script></article></html>"""


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>A smooth curve – and a jump.</p>", 6),
        ("<p>10% to 90%, i.e. <em>most</em> of it.</p>", 7),
        ("<p>all<em>together</em>, <code>a b</code></p>", 3),
        ("<ul><li>one</li><li>two</li></ul><p>three<br>four</p>", 4),
        ("<p>An <math><mi>n</mi><mo>+</mo><mn>1</mn></math>-digit sum</p>", 3),
        ("<div class='math'><math display='block'><mi>x</mi><mi>y</mi></math></div>", 1),
        ("<p>Known <span>[<a title='Not read.'>Wei <em>et al.</em>, 2022</a>]</span></p>", 5),
        ("<p>Note<label><sup>1</sup></label><span class='sidenote'> in the margin</span>.</p>", 5),
        ("<p>A <a class='em-term'><span>ladder</span></a><!-- a comment --></p>", 2),
        ("<p>Two words</p><table><caption>No</caption><tr><td>words</td></tr></table>", 2),
        ("<p class='em-live em-hidden'>For those who cannot see.</p>", 0),
        ("<div class='em-guess'><label>Your guess</label><output>50</output></div>", 0),
        ("<label class='em-amount'><span>Your answer</span><input></label>", 0),
        ("<p class='em-hint'>Give each a place.</p><select><option>1</option></select> one", 1),
        ("<section class='em-workbench'><p>Paste a table.</p><button>Audit</button></section>", 0),
        (FIGURE, 9),
        (PREDICTION, 6),
        (QUESTION, 4),
        (CODE, 0),
        (EXERCISE, 7),
    ],
)
def test_words_are_those_that_a_reader_meets(html: str, words: int) -> None:
    assert measure(html).words == words


def test_a_page_is_counted_once_and_without_what_stands_around_it() -> None:
    # Title 2, promise 3, opening 3, figure 9; heading 1, four, prediction 6, paragraph 6, list 2;
    # heading 2, exercise 7, quiz 4, end 2.
    assert measure(PAGE).words == 2 + 3 + 3 + 9 + 1 + 4 + 6 + 6 + 2 + 2 + 7 + 4 + 2


def test_the_longest_stretch_runs_from_one_rest_to_the_next() -> None:
    # After the prediction: the paragraph, the list and the next heading, up to the exercise.
    assert measure(PAGE).stretch == Stretch(10, "Ladders", "From 10% to 90%, then on. one two")


@pytest.mark.parametrize(
    ("rest", "beside"),
    [
        (FIGURE, 0),
        (PREDICTION, 0),
        ('<section class="em-workbench"><p>Paste.</p></section>', 0),
        (QUESTION, 1),  # the quiz's title stands before its first question
        (EXERCISE, 3),  # the solution stands after the exercise
    ],
)
def test_a_stretch_ends_at_a_picture_a_control_and_a_question(rest: str, beside: int) -> None:
    nine = "<p>a b c d e f g h i</p>"
    assert measure(nine + rest + nine).stretch.words == 9 + beside


def test_a_stretch_does_not_end_at_code_or_at_a_heading() -> None:
    page = section("One", "<p>a b</p>", CODE) + section("Two", "<p>c</p>")
    assert measure(page).stretch == Stretch(5, "One", "a b Two c")


def test_a_stretch_stands_under_the_heading_before_it_or_the_one_it_begins_with() -> None:
    page = section("First part", "<p>a</p>", FIGURE, "<p>b c d e</p>")
    assert measure(page).stretch.heading == "First part"
    page = section("First part", FIGURE) + section("Second part", "<p>b c d e</p>")
    assert measure(page).stretch == Stretch(6, "Second part", "b c d e")


def test_the_fullest_paragraph_is_the_one_with_most_graded_numbers() -> None:
    page = (
        f"<p>Few: {claim('1')}.</p><ul><li><p>Most: {claim('2')} and {claim('3')}.</p></li>"
        f"<li><p>Again {claim('4')}</p></li></ul><table><tr><td>{claim('5')} {claim('6')} "
        f"{claim('7')}</td></tr></table>"
    )
    assert measure(page).paragraph == Paragraph(2, "Most: 2 and 3.")


def test_a_page_without_words_measures_nothing() -> None:
    page = measure(FIGURE.replace("Step 300: half.", ""))
    assert (page.words, page.stretch, page.paragraph.numbers) == (6, Stretch(0, "", ""), 0)
