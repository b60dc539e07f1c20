"""The long run, by hand: `python -m tests.fuzz --calls 1000000 --seed 1`.

It prints each call that ends in another way than with an answer or an error of calcml,
takes over 10 s of the processor or makes the process grow by over 500 MB, then what was
called and how it ended; it exits with 1 where there were any. 60 s end a call.
"""

from __future__ import annotations

import argparse
import resource
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random

from tests.fuzz import OFTEN, attack, text

SECONDS, MEGABYTES = 10, 500
ENDED, MOST = 60, 4_000  # seconds and megabytes at which a call is ended
EVERY = 10_000  # calls between two lines of progress


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    random, ends, found = Random(options.seed), Counter[str](), 0
    calls, weights, took = list(OFTEN), list(OFTEN.values()), Counter[str]()
    resource.setrlimit(resource.RLIMIT_AS, (MOST << 20, MOST << 20))
    signal.signal(signal.SIGVTALRM, _end)
    began = time.monotonic()
    for k in range(1, options.calls + 1):
        (name,), formula = random.choices(calls, weights), text(random)
        before, had = time.process_time(), _peak(anew=True)
        signal.setitimer(signal.ITIMER_VIRTUAL, ENDED)
        try:
            end = attack(name, formula)
        except Exception as error:  # noqa: BLE001  it is what is looked for
            end = f"{type(error).__name__}: {str(error)[:200]}"
            found += 1
            print(f"{name} {formula!r}\n    {end}", flush=True)
            end = type(error).__name__
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        ends[f"{name}: {end}"] += 1
        seconds, more = time.process_time() - before, _peak() - had
        took[name] += round(1e6 * seconds)
        if seconds > SECONDS or more > MEGABYTES:
            found += 1
            print(f"{name} {formula!r}\n    {seconds:.1f} s, {more} MB", flush=True)
        if k % EVERY == 0:
            minutes = (time.monotonic() - began) / 60
            print(f"{k:,} calls, {minutes:.1f} min, {_peak()} MB", flush=True)
    for name in calls:
        mine = {e.split(": ", 1)[1]: n for e, n in ends.items() if e.startswith(name)}
        print(f"{name}: {took[name] / 1e6:.0f} s, {mine}")
    minutes = (time.monotonic() - began) / 60
    print(f"seed {options.seed}: {options.calls:,} calls in {minutes:.0f} min, "
          f"{_peak()} MB, {found} findings")  # fmt: skip
    return int(found > 0)


def _end(*_: object) -> None:
    raise RuntimeError(f"over {ENDED} s")


def _peak(anew: bool = False) -> int:
    """The most memory that this process has had in MB, `anew` from now on (Linux)."""
    if anew:
        Path("/proc/self/clear_refs").write_text("5")
    status = Path("/proc/self/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) // 1024


if __name__ == "__main__":
    sys.exit(main())
