"""Expressions compute what Python computes, and nothing else gets through."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emergence_lib import laws
from emergence_lib.chapters import module
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


TABLE = "numbers.pythia()"


@pytest.mark.parametrize(
    "expression",
    [
        "experiments.store.os.getcwd()",
        "experiments.store.importlib.import_module('socket')",
        "experiments.store.experiment('grokking').np.pi",
        "laws.np.pi",
        "datasets.Path('.')",
        "experiments.sweep.as_completed([])",
    ],
)
def test_a_room_shows_only_what_it_defines(expression: str) -> None:
    with pytest.raises(ExpressionError, match="is not this library's"):
        evaluate(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "'{0.__class__}'.format(laws)",
        "'{x.__class__}'.format_map({'x': laws})",
        "datasets.FOLDER.read_text()",
        "(experiments.store.FOLDER / 'x').unlink()",
        "experiments.store.path('quanta', 0).read_bytes()",
        "experiments.store.stored('percolation')[0].save(experiments.store.FOLDER / 'x')",
        "experiments.store.Result.load('x')",
        "experiments.store.stored.cache_clear()",
        "laws.exact_match.real",
        "[1].append(2)",
        f"{TABLE}.to_csv('x')",
        f"{TABLE}.T.to_pickle('x')",
        f"{TABLE}.values.tofile('x')",
        f"{TABLE}['value'].values.dump('x')",
        f"{TABLE}.loc.obj.to_csv('x')",
        f"{TABLE}.groupby('model').pipe(laws.exact_match)",
    ],
)
def test_a_value_gives_data_and_no_tools(expression: str) -> None:
    with pytest.raises(ExpressionError, match="is out of reach; wanted data"):
        evaluate(expression, "workbench")


@pytest.mark.parametrize(
    "expression", ["audit.calibration.main()", "numbers.write_results(experiments.store.FOLDER)"]
)
def test_what_returns_nothing_is_not_called(expression: str) -> None:
    with pytest.raises(ExpressionError, match="returns nothing"):
        evaluate(expression, "workbench")


@pytest.mark.parametrize("given", ["inplace=True", "**{'inplace': True}"])
def test_a_shared_table_is_not_changed(given: str) -> None:
    with pytest.raises(ExpressionError, match="arguments by name that change nothing"):
        evaluate(f"{TABLE}.drop(0, {given})", "workbench")


def test_a_question_to_a_table_may_call_reading_methods() -> None:
    table = module("workbench", "numbers").pythia()
    expression = f"{TABLE}.query('value == value.max() and not value < 0.5 * stderr')['value']"
    assert evaluate(f"{expression}.item()", "workbench") == table["value"].max()


@pytest.mark.parametrize(
    "question",
    [
        "@pd.io",
        "`value`",
        "value.to_csv('x')",
        "value.__class__",
        "value = 1",
        "value.reset_index().query('@pd.io')",
        "9**9**9",
        "'a' * 10**12",
        "('a' + 'b') * 1000000000 == model",
    ],
)
def test_a_question_to_a_table_holds_columns_only(question: str) -> None:
    for method in ("query", "eval"):
        with pytest.raises(ExpressionError):
            evaluate(f"{TABLE}.{method}({question!r})", "workbench")


@pytest.mark.parametrize(
    "expression",
    [
        "9**9**9",
        "(-9) ** 10**9",
        "2 ** (4096 * numbers.LONGEST)",
        "[0] * 10**12",
        "10**12 * (0,)",
        "('a' + 'b') * 10**12",
        "'%999999999d' % 1",
        "1 << 10**12",
        "round(5, -10**12)",
    ],
)
def test_arithmetic_alone_makes_nothing_endless(expression: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(expression, "mirage")


@pytest.mark.parametrize("form", ["999999999", ".99999999f", ">9999", "0٩٩٩٩"])
def test_a_format_makes_nothing_endless(form: str) -> None:
    with pytest.raises(ExpressionError, match="three digits at most"):
        fill(f"{{1:{form}}}")


@pytest.mark.parametrize(
    "expression",
    [
        "-" * 100_000 + "1",
        "(" * 1000 + "1" + ")" * 1000,
        "laws" + ".a" * 100_000,
        "+".join(["1"] * 100_000),
        "+".join(["1"] * 2000),
        "1\0",
    ],
)
def test_a_deep_or_broken_expression_is_refused_like_any_other(expression: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(expression)
    with pytest.raises(ExpressionError):
        fill(f"{{{expression}:.0f}}")


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
def test_fill_writes_as_format_does_but_for_the_minus(value: float, digits: int) -> None:
    written = f"{value:.{digits}f}".replace("-", "−")
    assert fill(f"x {{{value!r}:.{digits}f}} y") == f"x {written} y"


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
