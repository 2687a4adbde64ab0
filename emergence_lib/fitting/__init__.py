"""Fits of a score against scale, and honest intervals.

======================  ==========================================================================
`single`                one curve: `fit_line`, `fit_logistic`, refusing what is not determined
`rates`                 intervals for a share of right answers: `wilson`, `clopper_pearson`
`batch`                 many curves side by side, with the noise of their scores
`shapes`                the sigmoids: logistic, Gompertz, a whole answer of several tokens
`fisher`                maximum likelihood for thousands of curves at once
`models`                the five models of an audit: flat, line, sigmoids, step
`profile`               profile-likelihood intervals for threshold, width and score
`criteria`              information criteria: which model to prefer
`bootstrap`             scores drawn anew from a fitted curve
`bent`                  a line with one bend against a straight one, by least squares
`power`                 a loss that falls as a power of scale towards a floor
`chinchilla`            the scaling law of the loss, refitted
======================  ==========================================================================

What is used one curve at a time can be had from here.
"""

from emergence_lib.fitting.rates import clopper_pearson, wilson
from emergence_lib.fitting.single import FitError, LineFit, LogisticFit, fit_line, fit_logistic

__all__ = [
    "FitError",
    "LineFit",
    "LogisticFit",
    "clopper_pearson",
    "fit_line",
    "fit_logistic",
    "wilson",
]
