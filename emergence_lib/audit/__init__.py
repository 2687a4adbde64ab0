"""A calibrated verdict on a scaling curve: `audit` one curve, or `audit_many`.

`curve` is what goes in, `assess` the statistics for thousands of curves at once, `report` the
numbers that come out, `words` their sentences; `read` takes CSV files and evaluation results.
"""

from emergence_lib.audit.assess import SHARP, Verdict, assess
from emergence_lib.audit.curve import Curve, CurveError
from emergence_lib.audit.report import Report, audit, audit_many

__all__ = ["SHARP", "Curve", "CurveError", "Report", "Verdict", "assess", "audit", "audit_many"]
