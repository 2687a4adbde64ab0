"""What all tests share."""

import os

from hypothesis import HealthCheck, settings

# A busy machine is slow without anything being wrong. Continuous integration repeats the same
# examples, so that it fails for what changed; everybody else explores.
settings.register_profile(
    "book",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("book")
