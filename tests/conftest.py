"""Settings that every test shares."""

from hypothesis import settings

# The same examples in every run, and no clock: a slow machine is not a wrong answer.
settings.register_profile("calcml", derandomize=True, deadline=None)
settings.load_profile("calcml")
