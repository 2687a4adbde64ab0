"""What an audit takes: CSV files, data frames and folders of evaluation results, made curves."""

from emergence_lib.audit.reading.read import read, read_losses

__all__ = ["read", "read_losses"]
