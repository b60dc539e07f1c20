"""The long run, by hand: `python -m tests.fuzz --minutes 60 --seed 1`.

It prints each call that ends in another way than with an answer or an error of calcml,
takes over 10 s or over 500 MB, and exits with 1 where there were any.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections import Counter
from random import Random

from tests.fuzz import CALLS, attack, text

SECONDS, MEGABYTES = 10, 500


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    random, ends, found = Random(options.seed), Counter[str](), 0
    until = time.monotonic() + 60 * options.minutes
    while time.monotonic() < until:
        name, formula = random.choice([*CALLS]), text(random)
        began = time.process_time()
        try:
            end = attack(name, formula)
        except Exception as error:  # noqa: BLE001  it is what is looked for
            end = f"{type(error).__name__}: {str(error)[:200]}"
            found += 1
            print(f"{name} {formula!r}\n    {end}", flush=True)
            end = type(error).__name__
        ends[end] += 1
        took = time.process_time() - began
        if took > SECONDS:
            found += 1
            print(f"{name} {formula!r}\n    {took:.1f} s", flush=True)
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"seed {options.seed}: {sum(ends.values()):,} calls, {size} MB, {ends}")
    return int(found > 0 or size > MEGABYTES)


if __name__ == "__main__":
    sys.exit(main())
