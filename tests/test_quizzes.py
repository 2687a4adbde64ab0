"""Quizzes: the data is checked and computed, and the page works without scripts."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from emergence_lib import chapters, quizzes
from emergence_lib.checked import CheckedFileError
from emergence_lib.reader.questions import (
    Near,
    NumberQuestion,
    Option,
    OptionQuestion,
    OrderQuestion,
)
from emergence_lib.reader.quiz import Quiz

GOOD = """\
title: The *mirage*
questions:
  - id: product
    type: choice
    ask: If $p = 0.9$, how often are five digits right?
    options:
      - text: About {laws.exact_match(0.9, 5):.0%}
        correct: true
        feedback: Right - $0.9^5$.
      - text: 90% & more
        feedback: That is one digit.
  - id: smooth
    type: several
    ask: Which are smooth?
    options:
      - {text: loss, correct: true, feedback: It is.}
      - {text: "no, neither", feedback: It is not.}
      - {text: accuracy per digit, correct: true, feedback: It is too.}
  - id: size
    type: number
    ask: How often?
    answer: 100 * laws.exact_match(0.9, 5)
    tolerance: 0.5
    unit: "%"
    feedback: Five times.
    near: [{value: 10 * 9, feedback: One digit.}]
  - id: steps
    type: order
    ask: Put in order.
    items: [memorise, circuit, cleanup]
    feedback: So it goes.
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "mirage" / "quiz.yml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def shown(tmp_path: Path) -> Quiz:
    return quizzes.read(written(tmp_path, GOOD))


class Forms(HTMLParser):
    """Collect the tags of a page, and check that they close in order."""

    VOID = ("input", "br")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_every_question_is_a_labelled_form(shown: Quiz) -> None:
    forms = Forms(shown.html)
    assert [form["data-em-type"] for form in forms.all("form")] == [
        "choice",
        "several",
        "number",
        "order",
    ]
    assert len(forms.all("fieldset")) == len(forms.all("legend")) == 4
    assert len(forms.all("details")) == 4
    assert sum(tag.get("role") == "status" for _, tag in forms.tags) == 5
    assert not forms.all("script")
    assert not forms.all("style")


def test_right_options_are_marked(shown: Quiz) -> None:
    inputs = [tag for tag in Forms(shown.html).all("input") if tag["type"] != "text"]
    assert ["data-em-right" in tag for tag in inputs] == [True, False, True, False, True]


def test_answers_and_texts_are_computed(shown: Quiz) -> None:
    (box,) = [tag for tag in Forms(shown.html).all("input") if tag["type"] == "text"]
    assert float(str(box["data-em-answer"])) == pytest.approx(59.049)
    assert "About 59%" in shown.html
    assert "59.0%</strong>" in shown.html
    assert 'data-em-value="90.0"' in shown.html


def test_formulas_are_mathml_and_text_is_escaped(shown: Quiz) -> None:
    assert "<math" in shown.html
    assert "$" not in shown.html
    assert "90% &amp; more" in shown.html
    assert "The <em>mirage</em>" in shown.html


def test_reasons_stand_on_the_page_for_every_option(shown: Quiz) -> None:
    for reason in ("That is one digit.", "It is not.", "Five times.", "One digit.", "So it goes."):
        assert shown.html.count(reason) == 1


def test_order_is_shown_shuffled_the_same_way_each_time(shown: Quiz) -> None:
    places = re.findall(r'data-em-place="(\d)"', shown.html)
    assert sorted(places) == ["0", "1", "2"]
    assert places != ["0", "1", "2"]


def test_plain_text_lists_the_questions(shown: Quiz) -> None:
    assert shown._repr_mimebundle_()["text/plain"].splitlines()[0] == "Quiz: The mirage"


@given(st.integers(2, 7), st.text("abc", min_size=1))
def test_shuffling_is_a_permutation_and_never_the_answer(count: int, name: str) -> None:
    order = OrderQuestion(name, "?", [str(item) for item in range(count)], "!").shuffled()
    assert sorted(order) == list(range(count))
    assert order != sorted(order)
    assert order == OrderQuestion(name, "?", [str(i) for i in range(count)], "!").shuffled()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("type: choice", "type: chioce", r":4: questions\[1\].type is 'chioce'; wanted one of"),
        ("        correct: true\n", "", ":3: question 'product': 0 options are right"),
        ("correct: true", "corect: true", r":8: questions\[1\].options\[1\]"),
        (
            "        feedback: That is one digit.\n",
            "        feedback: That is one digit.\n        correct: true\n",
            ":3: question 'product': 2 options are right; a choice has exactly one",
        ),
        (
            "laws.exact_match(0.9, 5):.0%",
            "laws.exact_mach(0.9, 5):.0%",
            ":7: question 'product': .*no attribute 'exact_mach'",
        ),
        ("$p = 0.9$", r"$\fraq p$", ":5: question 'product': formula"),
        ("value: 10 * 9", "value: 59", ":19: question 'size': the wrong answer 59 is within"),
        ("    tolerance: 0.5\n", "", r":19: questions\[3\] lacks tolerance"),
        ("100 * laws.exact_match(0.9, 5)\n", "laws.nothing\n", ":22: question 'size'"),
        ("[memorise, circuit, cleanup]", "[a, a]", r":30: .*non-unique"),
        ("id: smooth", "id: product", ":1: quiz 'mirage': question names must differ"),
        ("    ask: Which are smooth?\n", "", r":12: questions\[2\] lacks ask"),
    ],
)
def test_fault_names_file_line_and_question(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    with pytest.raises(CheckedFileError, match=r"quiz\.yml" + said):
        quizzes.read(written(tmp_path, GOOD.replace(old, new, 1)))


QUOTED = '"'
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1).filter(
    lambda text: text.strip() and not set("{}$`*\\[") & set(text)
)


@given(TEXT, st.lists(TEXT, min_size=2, max_size=5, unique=True), st.data())
def test_any_text_survives_file_and_page(
    tmp_path_factory: pytest.TempPathFactory, ask: str, texts: list[str], data: st.DataObject
) -> None:
    """Write a quiz, read it back, read its page: the same texts, the same right one."""
    right = data.draw(st.integers(0, len(texts) - 1))
    options = [
        {"text": text, "feedback": "Because.", "correct": at == right}
        for at, text in enumerate(texts)
    ]
    question = {"id": "one", "type": "choice", "ask": ask, "options": options}
    folder = tmp_path_factory.mktemp("quiz")
    quiz = quizzes.read(
        written(
            folder, yaml.safe_dump({"title": "Any", "questions": [question]}, default_style=QUOTED)
        )
    )
    (read,) = quiz.questions
    assert isinstance(read, OptionQuestion)
    assert [option.text for option in read.options] == texts
    assert [option.correct for option in read.options].index(True) == right
    inputs = Forms(quiz.html).all("input")
    assert ["data-em-right" in tag for tag in inputs].index(True) == right


def test_data_given_in_python_is_checked_too() -> None:
    with pytest.raises(ValueError, match="no option is right"):
        OptionQuestion("q", "?", [Option("a", "x"), Option("b", "y")], several=True)
    with pytest.raises(ValueError, match="within the tolerance"):
        NumberQuestion("q", "?", 1.0, 0.5, "x", near=[Near(1.5, "y")])
    with pytest.raises(ValueError, match="finite"):
        NumberQuestion("q", "?", float("nan"), 0.5, "x")
    with pytest.raises(ValueError, match="wrong answer is inf"):
        NumberQuestion("q", "?", 1.0, 0.5, "x", near=[Near(float("inf"), "y")])


def test_unknown_quiz_lists_the_known() -> None:
    with pytest.raises(ValueError, match="no quiz 'absent'; wanted one of"):
        quizzes.ask("absent")


@pytest.mark.parametrize("name", chapters.having("quiz.yml"))
def test_every_quiz_of_the_book_loads(name: str) -> None:
    assert quizzes.ask(name).questions
