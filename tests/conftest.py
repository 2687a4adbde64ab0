"""What all tests share."""

from hypothesis import HealthCheck, settings

# A busy machine is slow without anything being wrong.
settings.register_profile("book", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("book")
