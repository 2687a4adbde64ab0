"""A calibrated verdict on a scaling curve: `audit` one curve, or `audit_many`.

`curve` is what goes in and `reading` gets it from files; `assess` holds the statistics, for
thousands of curves at once; `report` the numbers that come out, and `words` their sentences; `many`
takes any number of curves. Curves of losses have a report of their own, `losses`, and `loss_words`
for its sentences.
"""

from emergence_lib.audit.curve import Curve, CurveError
from emergence_lib.audit.losses import LossCurve, LossReport, audit_loss
from emergence_lib.audit.many import audit, audit_many
from emergence_lib.audit.reading import read, read_losses
from emergence_lib.audit.report import Report
from emergence_lib.audit.verdict import SHARP, Obstacle, Verdict

__all__ = [
    "SHARP",
    "Curve",
    "CurveError",
    "LossCurve",
    "LossReport",
    "Obstacle",
    "Report",
    "Verdict",
    "audit",
    "audit_loss",
    "audit_many",
    "read",
    "read_losses",
]
