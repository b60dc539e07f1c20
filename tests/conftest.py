"""Settings that every test shares."""

import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

# The same examples in every run, and no clock: a slow machine is not a wrong answer.
settings.register_profile("calcml", derandomize=True, deadline=None)
settings.load_profile("calcml")


@pytest.fixture
def tables_as_before() -> Iterator[None]:
    """The function table after a test as it was before: without what that defined."""
    from calcml.functions import FUNCTIONS, SPELLINGS

    rows, spellings = dict(FUNCTIONS), {k: list(v) for k, v in SPELLINGS.items()}
    yield
    for table, old in ((FUNCTIONS, rows), (SPELLINGS, spellings)):
        table.clear()  # type: ignore[attr-defined]
        table.update(old)  # type: ignore[attr-defined]


def pytest_configure() -> None:
    """What is started in the background ignores Ctrl-C, and so would its tests."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    hangup = getattr(signal, "SIGHUP", None)
    if hangup and signal.getsignal(hangup) is signal.SIG_IGN:
        signal.signal(hangup, signal.SIG_DFL)
