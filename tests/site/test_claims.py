"""Every claim of the book, as the gate build has just worked it out."""

from __future__ import annotations

import pytest

from emergence_lib import claims
from emergence_lib.sphinxext.values import Values
from tests.site.conftest import ROOT, SITE

GATE = Values(SITE.parent / ".kept" / "claims.json")
LEDGER = claims.load(ROOT, claims.pages(ROOT), GATE)
every_claim = pytest.mark.parametrize("claim", LEDGER.values(), ids=list(LEDGER))


@every_claim
def test_the_gate_worked_the_claim_out_and_it_holds(claim: claims.Claim) -> None:
    if claim.expression:
        assert GATE.key(claim) in GATE.known
    assert claim.text  # outside its band, or untrue, this raises


@every_claim
def test_a_band_is_narrow_enough_to_mean_something(claim: claims.Claim) -> None:
    if claim.band:
        low, high = claim.band
        value = abs(float(claim.value or 0))
        assert high - low <= max(0.5 * value, 0.02), "the band says nothing"
