"""The picture of the landing page shows the law that its source line states."""

import numpy as np

from emergence_lib.chapters.index import pictures


def test_the_ruler_raises_the_digit_rate_to_a_power() -> None:
    figure, update = pictures.ruler()
    for digits in (1, 10, 20):
        update(digits=digits)
        lines = {line.get_label(): np.asarray(line.get_ydata()) for line in figure.axes[0].lines}
        each, whole = lines["each digit right"], lines["whole answer right"]
        np.testing.assert_allclose(whole / 100, (each / 100) ** digits)


def test_the_ruler_speaks_of_the_models_it_marks() -> None:
    _, update = pictures.ruler()
    # One half at 300 million parameters, and minus the logarithm falls as one over the root.
    rate = 0.5 ** np.sqrt(3e8 / np.array([1.3e9, 175e9]))
    small, large = 100 * rate**5
    assert update(digits=5) == (
        f"5-digit answers: a 1.3B model gets {small:.0f}% right, a 175B model {large:.0f}%."
    )
