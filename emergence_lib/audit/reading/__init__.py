"""What an audit takes: CSV files, data frames and folders of evaluation results, made curves."""

from emergence_lib.audit.reading.read import read

__all__ = ["read"]
