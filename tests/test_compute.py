"""Expressions compute what Python computes, and nothing else gets through."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emergence_lib import laws
from emergence_lib.compute import ExpressionError, evaluate, fill, number


def test_names_a_room() -> None:
    assert evaluate("laws.exact_match(0.9, 5)") == laws.exact_match(0.9, 5)
    assert evaluate("100 * laws.exact_match(0.9, 5)") == pytest.approx(59.049)
    assert evaluate("scores.emergence_score([0, 1, 2, 3])") == 3
    assert evaluate("1 < 2 and not (3 < 2 or 2 < 1)") is True


def test_names_the_numbers_of_its_chapter() -> None:
    assert evaluate("numbers.LONGEST", "mirage") == 5
    assert fill("{numbers.LONGEST}-digit", "mirage") == "5-digit"
    assert number("log10(1000) + numbers.LONGEST", "mirage") == 8


NUMBERS = st.integers(-50, 50).map(str) | st.floats(-50, 50).map(repr)
ARITHMETIC = st.recursive(
    NUMBERS,
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*"), inner)
        | st.builds("(-{})".format, inner)
        | st.builds("max({}, {})".format, inner, inner)
    ),
    max_leaves=6,
)


@given(ARITHMETIC)
def test_arithmetic_is_pythons(expression: str) -> None:
    assert evaluate(expression) == eval(expression)


@pytest.mark.parametrize(
    ("expression", "complaint"),
    [
        ("__import__('os')", "uses the name '__import__'"),
        ("open('x')", "uses the name 'open'"),
        ("laws.__builtins__", "private name '__builtins__'"),
        ("laws._np", "private name '_np'"),
        ("(lambda: 1)()", "holds a Lambda"),
        ("[x for x in (1, 2)]", "holds a ListComp"),
        ("(x := 1)", "holds a NamedExpr"),
        ("f'{1}'", "holds a JoinedStr"),
        ("1 +", "is not Python"),
        ("laws.absent(1)", "AttributeError: module 'emergence_lib.laws' has no attribute"),
        ("numbers.thing()", "no numbers of a chapter ''"),
        (
            "experiments.store.os.getcwd()",
            "'experiments.store.os.getcwd', which is not",
        ),
        ("datasets.Path('.')", "not this library's"),
        ("laws.np.pi", "not this library's"),
        ("1 / 0", "ZeroDivisionError"),
        ("1e308 * 10", "is inf; wanted a finite number"),
        ("[1.0, 1e308 * 10]", "wanted a finite number"),
        ("laws.exact_match(2, 5)", "fails: ValueError"),
    ],
)
def test_refusal_quotes_the_expression(expression: str, complaint: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        evaluate(expression)
    assert repr(expression) in str(raised.value)
    assert complaint in str(raised.value)


def test_number_takes_either_form() -> None:
    assert number(3) == number("1 + 2") == 3.0
    with pytest.raises(ExpressionError, match="is a tuple; wanted one number"):
        number("(1, 2)")
    with pytest.raises(ExpressionError, match="is nan; wanted a finite number"):
        number(float("nan"))


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("about {laws.exact_match(0.9, 5):.0%}, so", "about 59%, so"),
        ("{1 + 1} of {2 * 5}", "2 of 10"),
        (r"$10^{-3}$ and $\frac{1}{2}$", r"$10^{-3}$ and $\frac{1}{2}$"),
        ("`{x}` stays", "`{x}` stays"),
        ("{{braces}}", "{braces}"),
        ("{[1, 2, 3][1:2][0]}", "2"),
        ("costs \\$5, {1 + 1} times $p$", "costs \\$5, 2 times $p$"),
    ],
)
def test_fill(text: str, filled: str) -> None:
    assert fill(text) == filled


@given(st.floats(-1e6, 1e6), st.integers(0, 6))
def test_fill_writes_as_format_does(value: float, digits: int) -> None:
    assert fill(f"x {{{value!r}:.{digits}f}} y") == f"x {value:.{digits}f} y"


@pytest.mark.parametrize("text", ["{laws.exact_match}", "{[1, 2]}", "{''}"])
def test_fill_refuses_what_is_no_number_and_no_words(text: str) -> None:
    with pytest.raises(ExpressionError, match="wanted a number or words"):
        fill(text)


def test_fill_refuses_a_format_that_does_not_fit() -> None:
    with pytest.raises(ExpressionError, match=r"cannot be written as '\.0q'"):
        fill("{1:.0q}")


def test_nan_does_not_slip_into_a_text() -> None:
    assert math.isinf(1e308 * 10)
    with pytest.raises(ExpressionError, match="finite"):
        fill("{1e308 * 10}")
