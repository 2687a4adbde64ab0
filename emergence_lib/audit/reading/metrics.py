"""What the names of metrics tell: which way is better, and whether they are shares of items."""

from __future__ import annotations

import re

from emergence_lib.audit.reading.table import column_name

LOSS = re.compile(
    "(.*_)?(perplexity|ppl|bits_per_(byte|char|character|token|word)|bpb|bpc|nll|cross_entropy|xent"
    "|negative_log_likelihood|log_?loss|loss)"
)
"""Metrics without an upper end."""
PERPLEXITY = re.compile("(.*_)?(perplexity|ppl)")
"""Those of them whose logarithm is in nats."""
LOSS_ON = re.compile("(perplexity|ppl|bits_per_byte|bpb|nll|cross_entropy|loss)_.+")
"""What begins as a loss is one on some text, ``loss_c4``, if somebody asks for it."""
WRONG = re.compile("(.*_)?(error|err|error_rate|misclassification(_rate)?)")
"""Shares of items that were got wrong: 1 minus an accuracy."""
LESS = re.compile(
    "(.*_)?(brier|brier_score|wer|cer|ece|rmse|mse|mae"
    "|(word|character|char|calibration|squared|absolute|percentage)_error(_rate)?)"
)
"""Metrics of which less is better, from 0 up, that are no shares of items."""
MORE = re.compile(
    r"(?!.*(drop|gap|loss|decline|difference|delta|diff|change|error|err|std)(_|$))"
    r"(.*_)?(acc|accuracy|exact|exact_match|exact_str_match|em|mc1|mc2|multiple_choice_grade|f1a?"
    r"|auc|auroc|mcc|soft_prob|bleu|rouge.*|pass@[0-9]+)(_.*)?"
)
"""Accuracies, and other shares of which more is better."""
PLAIN = re.compile("scores?|values?|results?|performance|average|mean")
"""What is called so without a metric's name: more of it is better, as of any score."""
UNCERTAINTY = re.compile("(.*_)?(std|standard)_err(or)?")
"""What looks like an error rate and is a standard error."""


def plain(metric: str) -> str:
    """Return a metric as it is looked up: without the filter that extracted the answer."""
    return column_name(metric.partition(",")[0])


def is_loss(metric: str) -> bool:
    """Tell whether a metric has no upper end, by its name."""
    return LOSS.fullmatch(plain(metric)) is not None


def is_perplexity(metric: str) -> bool:
    """Tell whether the logarithm of a metric is a loss in nats, by its name."""
    name = plain(metric)
    return bool(PERPLEXITY.fullmatch(name) or name.startswith(("perplexity_", "ppl_")))


def is_loss_on(metric: str) -> bool:
    """Tell whether a metric that was asked for is a loss, by the beginning of its name."""
    return LOSS_ON.fullmatch(plain(metric)) is not None


def less_is_better(metric: str) -> bool:
    """Tell whether less of a metric is better, by its name; losses apart."""
    name = plain(metric)
    return bool(LESS.fullmatch(name) or WRONG.fullmatch(name)) and not UNCERTAINTY.fullmatch(name)


def more_is_better(metric: str) -> bool:
    """Tell whether more of a metric is better, by its name."""
    return MORE.fullmatch(plain(metric)) is not None


def is_unknown(metric: str) -> bool:
    """Tell whether a metric has a name that tells nothing, as a plain score would: toxicity."""
    name = plain(metric)
    return bool(name) and not (PLAIN.fullmatch(name) or more_is_better(name))


def no_share(metric: str) -> bool:
    """Tell whether 1 minus a metric is surely no share of items, by its name."""
    return LESS.fullmatch(plain(metric)) is not None
