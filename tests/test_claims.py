"""The ledger: what a page may claim, and how. The gate build computes every claim of the book.

`tests/site/test_claims.py` looks at what it found.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from emergence_lib import claims

ROOT = Path(__file__).parents[1]
LEDGER = claims.load(ROOT, claims.pages(ROOT))
BIBLIOGRAPHY = (ROOT / "book" / "references.bib").read_text("utf-8")

every_claim = pytest.mark.parametrize("claim", LEDGER.values(), ids=list(LEDGER))


@every_claim
def test_the_sources_of_a_claim_are_in_the_bibliography(claim: claims.Claim) -> None:
    assert [key for key in claim.cite if f"{{{key}," not in BIBLIOGRAPHY] == []


@every_claim
def test_a_claim_of_the_book_is_printed_on_its_page(claim: claims.Claim) -> None:
    text = (ROOT / f"{claim.page}.md").read_text("utf-8")
    assert f"{{claim}}`{claim.name}`" in claims.sentence(text, claim.name)


PAGE = """\
# Coins

A coin shows heads {claim}`half` of the time, or (see Fig. 1) thereabouts. Four fair tosses all
show it {claim}`four`; that is {claim}`rarer`.

- One list item. It was {claim}`said`
- Another.

```{claims} rerun
half: {laws.exact_match(0.5, 1):.0%} in [0.49, 0.51] @bernoulli1713ars
four: one time in {1 / laws.exact_match(0.5, 4):.0f} in [16, 16] recomputed
rarer: rarer if laws.exact_match(0.5, 4) < laws.exact_match(0.5, 1)

# A comment.
said: 49.9% @pearson1900on @kerrich1946an
```
"""


def changed(find: str, replace: str) -> str:
    assert find in PAGE
    return PAGE.replace(find, replace)


def test_a_number_a_comparison_and_a_report_print_what_they_say() -> None:
    found = claims.parse(PAGE, "book/coins")
    assert {name: claim.text for name, claim in found.items()} == {
        "half": "50%",
        "four": "one time in 16",
        "rarer": "rarer",
        "said": "49.9%",
    }
    assert found["half"].value == 0.5
    assert found["rarer"].value is True
    assert [claim.grade for claim in found.values()] == [
        "rerun",
        "recomputed",
        "rerun",
        "reported",
    ]
    assert found["said"].cite == ("pearson1900on", "kerrich1946an")


def test_a_claim_is_quoted_with_the_sentence_that_prints_it() -> None:
    assert claims.sentence(PAGE, "half").startswith("A coin shows heads {claim}`half`")
    assert claims.sentence(PAGE, "half").endswith("thereabouts.")
    assert claims.sentence(PAGE, "rarer").startswith("Four fair tosses all show it")
    assert claims.sentence(PAGE, "said") == "It was {claim}`said`"


@pytest.mark.parametrize(
    "hidden",
    [
        "half",
        "half\n\n% {claim}`half`\n",
        "half\n\n```{code-cell} python\n# {claim}`half`\n```\n",
        "half\n\n```{figure} x.png\n:alt: {claim}`half`\n```\n",
    ],
)
def test_a_claim_that_its_page_does_not_print_is_an_error(hidden: str) -> None:
    with pytest.raises(claims.ClaimError, match=r"'half' is not printed on its page. Remedy: "):
        claims.sentence(changed("{claim}`half`", hidden), "half")


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        (":::{note} A box of {claim}`half`\nWords.\n:::", "A box of {claim}`half` Words."),
        (":::{note} Box\n:class: tip\nOne. Two {claim}`half`.\n:::", "Two {claim}`half`."),
        (
            "```{admonition} Solution\n:class: x\n\nAbout {claim}`half`.\n```",
            "About {claim}`half`.",
        ),
        ("```{admonition} So\nAbout {claim}`half`. No.\n```", "So About {claim}`half`."),
        ("## A heading of {claim}`half`", "A heading of {claim}`half`"),
        ("| a | b |\n|---|---|\n| x | {claim}`half` |", "x, {claim}`half`"),
        ("1. First.\n2. It is 3.5 or {claim}`half`.", "It is 3.5 or {claim}`half`."),
    ],
)
def test_a_claim_is_quoted_from_boxes_headings_tables_and_lists(text: str, quoted: str) -> None:
    assert claims.sentence(f"# Page\n\n{text}\n", "half") == quoted


def test_the_block_is_no_part_of_the_text() -> None:
    assert "{claims}" not in claims.strip(PAGE)
    assert "exact_match" not in claims.strip(PAGE)


def test_a_number_outside_its_band_is_an_error_that_says_what_to_do() -> None:
    claim = claims.parse(changed("[0.49, 0.51]", "[0.6, 0.7]"), "book/coins")["half"]
    with pytest.raises(
        claims.ClaimError, match=r"coins:10: claim 'half'.*0\.5, outside its band \[0\.6, 0\.7\]"
    ):
        _ = claim.value


def test_a_comparison_that_is_not_true_is_an_error_that_quotes_it() -> None:
    claim = claims.parse(changed("< laws", "> laws"), "book/coins")["rarer"]
    with pytest.raises(
        claims.ClaimError, match=r"coins:12: claim 'rarer': 'rarer' does not hold, laws.* is false"
    ):
        _ = claim.text


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("1 < 1e999", "is inf; wanted a finite number"),
        ("1e999 - 1e999 != 1", "is nan; wanted a finite number"),
        ("laws.exact_match(0.5, 1)", "wanted a comparison"),
        ("10**400 < 1", "is false"),
    ],
)
def test_a_comparison_compares_finite_numbers(condition: str, said: str) -> None:
    page = changed("laws.exact_match(0.5, 4) < laws.exact_match(0.5, 1)", condition)
    with pytest.raises(claims.ClaimError, match=f"coins:12: claim 'rarer'.*{said}"):
        _ = claims.parse(page, "book/coins")["rarer"].value


def test_an_unknown_claim_is_an_error_that_lists_the_known() -> None:
    with pytest.raises(claims.ClaimError, match=r"no claim 'third'.*half"):
        claims.get(claims.parse(PAGE, "book/coins"), "third")


@pytest.mark.parametrize(
    ("find", "replace", "line", "said"),
    [
        ("rerun\n", "certain\n", 9, "grade 'certain'; wanted one of"),
        (" in [0.49, 0.51] @bernoulli1713ars", "", 10, "neither band, comparison nor source"),
        ("half: {", "Half: {", 10, "is no claim"),
        ("[0.49, 0.51]", "[0.51, 0.49]", 10, "wanted the lower end first"),
        ("[0.49, 0.51]", "[0.49]", 10, r"wanted \[lowest, highest\]"),
        ("laws.exact_match(0.5, 1):", "laws.exact_match(0.5, 1:", 10, "is not Python"),
        ("laws.exact_match(0.5, 1):", "__import__('os'):", 10, "uses the name '__import__'"),
        ("@bernoulli1713ars", "reported @x", 10, "wanted one of rerun, recomputed, disputed"),
        ("four: ", "half: ", 11, "stands twice"),
        ("@pearson1900on @kerrich1946an", "@one, @two", 15, "neither band, comparison nor source"),
        ("@pearson1900on @kerrich1946an", "@one reported disputed", 15, "has two grades"),
        (" @pearson1900on @kerrich1946an", "", 15, "neither band, comparison nor source"),
        ("said: 49.9%", "said:", 15, "is no claim|neither"),
    ],
)
def test_a_malformed_line_names_file_line_and_remedy(
    find: str, replace: str, line: int, said: str
) -> None:
    with pytest.raises(claims.ClaimError, match=rf"^coins\.md:{line}: .*({said})"):
        claims.parse(changed(find, replace), "book/coins", "coins.md")


def test_two_pages_may_not_use_one_name(tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    for page in ("one", "two"):
        (tmp_path / "book" / f"{page}.md").write_text(PAGE, "utf-8")
    with pytest.raises(claims.ClaimError, match=r"book/two\.md: claim 'half'.*book/one\.md"):
        claims.load(tmp_path, claims.pages(tmp_path))
