"""What holds for every test."""

from hypothesis import HealthCheck, settings

# No test is timed: how fast a machine draws its examples says nothing about predial.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")
