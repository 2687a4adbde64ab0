"""Quizzes as plain HTML forms: readable on paper, answered and remembered in the browser."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from emergence_lib.reader import markup
from emergence_lib.reader.controls import OWN_KEYS
from emergence_lib.reader.output import Output
from emergence_lib.reader.questions import NumberQuestion, OptionQuestion, OrderQuestion, Question

ASSETS = ("quiz.css", "quiz.js")


class Quiz(Output):
    """A titled list of questions.

    Raises
    ------
    ValueError
        If two questions have the same name, or there are none.
    """

    def __init__(self, name: str, title: str, questions: Sequence[Question]) -> None:
        names = [question.name for question in questions]
        twice = sorted({each for each in names if names.count(each) > 1})
        if twice or not names:
            raise ValueError(
                f"quiz {name!r}: question names must differ, found {', '.join(twice)} twice"
                if twice
                else f"quiz {name!r} has no questions"
            )
        self.name = name
        self.title = title
        self.questions = list(questions)
        super().__init__(self._render(), self._plain(), assets=ASSETS)

    def _render(self) -> str:
        items = "".join(
            f"<li>{question_html(self.name, question)}</li>" for question in self.questions
        )
        count = len(self.questions)
        return (
            f'<section class="em-quiz" id="quiz-{self.name}" data-em-name="{self.name}" '
            f'aria-labelledby="quiz-{self.name}-title"><header class="em-quiz-head">'
            f'<p class="em-quiz-title" id="quiz-{self.name}-title">{markup.inline(self.title)}</p>'
            f'<p class="em-score"><span role="status">{count} '
            f"question{'s' if count > 1 else ''}</span>"
            f'<button type="button" class="em-again" hidden {OWN_KEYS}>Start again</button></p>'
            f'</header><ol class="em-questions">{items}</ol></section>'
        )

    def _plain(self) -> str:
        asked = (markup.plain(question.ask) for question in self.questions)
        lines = [f"{number}. {text}" for number, text in enumerate(asked, start=1)]
        return "\n".join([f"Quiz: {markup.plain(self.title)}", *lines])


def question_html(quiz: str, question: Question) -> str:
    """Return one question as a form, with its answer and reasons folded below."""
    prefix = f"quiz-{quiz}-{question.name}"
    if isinstance(question, NumberQuestion):
        kind, inside, reasons = "number", _amount(prefix, question), _amount_reasons(question)
    elif isinstance(question, OrderQuestion):
        kind, inside, reasons = "order", _places(prefix, question), _order_reasons(question)
    else:
        kind = "several" if question.several else "choice"
        inside, reasons = _options(prefix, question), _option_reasons(question)
    hint = ' <span class="em-hint">Tick all that hold.</span>' if kind == "several" else ""
    return (
        f'<form class="em-question" id="{prefix}" data-em-id="{question.name}" '
        f'data-em-type="{kind}" novalidate autocomplete="off">'
        f"<fieldset><legend>{markup.inline(question.ask)}{hint}</legend>{inside}</fieldset>"
        f'<p class="em-actions" hidden><button type="submit" {OWN_KEYS}>Check</button>'
        f'<button type="button" class="em-retry" hidden {OWN_KEYS}>Try again</button></p>'
        '<div class="em-verdict" role="status"></div>'
        '<details class="em-answer"><summary>Answer and reasons</summary>'
        # For a browser's reading view, which drops the form and keeps the answer.
        f'<p class="em-asked">{markup.inline(question.ask)}</p>{reasons}</details></form>'
    )


def _options(prefix: str, question: OptionQuestion) -> str:
    kind = "checkbox" if question.several else "radio"
    return "".join(
        f'<label class="em-option"><input type="{kind}" name="{prefix}" value="{number}"'
        f"{' data-em-right' if option.correct else ''} {OWN_KEYS}>"
        f"<span>{markup.inline(option.text)}</span></label>"
        for number, option in enumerate(question.options)
    )


def _option_reasons(question: OptionQuestion) -> str:
    reasons = "".join(
        f'<li data-em-reason="{number}" class="{"em-right" if option.correct else "em-wrong"}">'
        f'<strong><span class="em-mark">{"Right" if option.correct else "Not right"}:</span> '
        f"{markup.inline(option.text)}</strong> <span>{markup.inline(option.feedback)}</span></li>"
        for number, option in enumerate(question.options)
    )
    return f"<ul>{reasons}</ul>"


def _amount(prefix: str, question: NumberQuestion) -> str:
    unit = f'<span class="em-unit">{markup.inline(question.unit)}</span>' if question.unit else ""
    return (
        f'<label class="em-amount"><span>Your answer</span><input type="text" inputmode="decimal" '
        f'name="{prefix}" data-em-answer="{question.answer!r}" '
        f'data-em-tolerance="{question.tolerance!r}" data-em-unit="{escape(question.unit)}" '
        f"{OWN_KEYS}>{unit}</label>"
    )


def _amount_reasons(question: NumberQuestion) -> str:
    unit = question.unit if question.unit in ("", "%") else f" {question.unit}"
    answer = f"{question.answer:,.{question.digits}f}{markup.inline(unit)}"
    near = "".join(
        f'<li data-em-value="{each.value!r}" class="em-wrong">'
        f'<strong><span class="em-mark">Not right:</span> '
        f"{each.value:,.{question.digits}f}{markup.inline(unit)}</strong> "
        f"<span>{markup.inline(each.feedback)}</span></li>"
        for each in question.near
    )
    return (
        f'<ul><li data-em-reason="right" class="em-right"><strong><span class="em-mark">Answer:'
        f"</span> {answer}</strong> <span>{markup.inline(question.feedback)}</span></li>{near}</ul>"
    )


def _places(prefix: str, question: OrderQuestion) -> str:
    count = len(question.items)
    numbers = "".join(f'<option value="{place}">{place + 1}</option>' for place in range(count))
    rows = "".join(
        f'<label class="em-place"><select name="{prefix}-{place}" data-em-place="{place}" '
        f'{OWN_KEYS}><option value="">–</option>{numbers}</select>'
        f"<span>{markup.inline(question.items[place])}</span></label>"
        for place in question.shuffled()
    )
    return f'<p class="em-hint">Give each item its place, 1 to {count}.</p>{rows}'


def _order_reasons(question: OrderQuestion) -> str:
    items = "".join(f"<li>{markup.inline(item)}</li>" for item in question.items)
    return (
        f'<ol>{items}</ol><ul><li data-em-reason="right"><span>{markup.inline(question.feedback)}'
        "</span></li></ul>"
    )
