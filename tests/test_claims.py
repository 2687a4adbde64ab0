"""The ledger: every number of the book is computed again here and must lie in its band."""

from __future__ import annotations

from pathlib import Path

import pytest

from emergence_lib import claims
from emergence_lib.checked import CheckedFileError

ROOT = Path(__file__).parents[1]
LEDGER = claims.load(ROOT / "book" / "claims.yml")
BIBLIOGRAPHY = (ROOT / "book" / "references.bib").read_text("utf-8")


@pytest.mark.parametrize("claim", LEDGER.values(), ids=list(LEDGER))
def test_a_claim_of_the_book_holds(claim: claims.Claim) -> None:
    assert claim.text  # computes the number; outside its band this raises
    assert "{}" not in claim.sentence
    assert (ROOT / f"{claim.chapter}.md").is_file()
    for key in claim.cite:
        assert f"{{{key}," in BIBLIOGRAPHY, f"{key} is not in book/references.bib"


@pytest.mark.parametrize("claim", LEDGER.values(), ids=list(LEDGER))
def test_a_claim_of_the_book_is_made_in_the_chapter_it_names(claim: claims.Claim) -> None:
    assert f"{{claim}}`{claim.name}`" in (ROOT / f"{claim.chapter}.md").read_text("utf-8")


@pytest.mark.parametrize("claim", LEDGER.values(), ids=list(LEDGER))
def test_a_band_is_narrow_enough_to_mean_something(claim: claims.Claim) -> None:
    if claim.band:
        low, high = claim.band
        assert low <= high
        assert high - low <= 2 * max(abs(float(claim.value)), 0.01), "the band says nothing"


ENTRY = """\
half:
  statement: A fair coin shows heads {} of the time.
  compute: laws.exact_match(0.5, 1)
  format: "{:.0%}"
  band: [0.49, 0.51]
  grade: recomputed
  chapter: book/index
"""


def ledger(folder: Path, text: str) -> dict[str, claims.Claim]:
    path = folder / "claims.yml"
    path.write_text(text, "utf-8")
    return claims.load(path)


def test_a_claim_computes_and_prints_its_number(tmp_path: Path) -> None:
    claim = claims.get(ledger(tmp_path, ENTRY), "half")
    assert claim.value == 0.5
    assert claim.sentence == "A fair coin shows heads 50% of the time."


def test_a_number_outside_its_band_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    claim = ledger(tmp_path, ENTRY.replace("[0.49, 0.51]", "[0.6, 0.7]"))["half"]
    with pytest.raises(claims.ClaimError, match=r"'half'.*0\.5, outside its band \[0\.6, 0\.7\]"):
        _ = claim.value


def test_an_unknown_claim_is_an_error_that_lists_the_known(tmp_path: Path) -> None:
    with pytest.raises(claims.ClaimError, match=r"no claim 'third'.*half"):
        claims.get(ledger(tmp_path, ENTRY), "third")


@pytest.mark.parametrize(
    ("find", "replace", "line"),
    [
        ("grade: recomputed", "grade: certain", 6),
        ("  band: [0.49, 0.51]\n", "", 1),
        ("heads {} of", "heads half of", 2),
        ("half:", "Half Of:", 1),
        ("  chapter: book/index\n", "", 1),
        ("grade: recomputed", "grade: reported", 1),
    ],
)
def test_a_malformed_entry_names_file_line_and_remedy(
    tmp_path: Path, find: str, replace: str, line: int
) -> None:
    with pytest.raises(CheckedFileError, match=rf"claims\.yml:{line}: (?s:.)*Remedy: "):
        ledger(tmp_path, ENTRY.replace(find, replace))
