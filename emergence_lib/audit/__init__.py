"""A calibrated verdict on a scaling curve: `audit` one curve, or `audit_many`.

`curve` is what goes in and `reading` gets it from files; `assess` holds the statistics, for
thousands of curves at once; `report` the numbers that come out, and `words` their sentences.
"""

from emergence_lib.audit.curve import Curve, CurveError
from emergence_lib.audit.reading import read
from emergence_lib.audit.report import Report, audit, audit_many
from emergence_lib.audit.verdict import SHARP, Obstacle, Verdict

__all__ = [
    "SHARP",
    "Curve",
    "CurveError",
    "Obstacle",
    "Report",
    "Verdict",
    "audit",
    "audit_many",
    "read",
]
