"""One contender in a process of its own: a line in asks for a run, a line out tells it.

`python -m tests.benchmarks.worker JOB ARGUMENTS`, the arguments as a JSON list.
"""

from __future__ import annotations

import gc
import json
import sys
from time import perf_counter
from typing import Any

from tests.benchmarks.guard_jobs import JOBS as GUARDED
from tests.benchmarks.jobs import JOBS


def main() -> None:
    """Prepare a job, then run it once for each line of standard input."""
    name, arguments = sys.argv[1:]
    try:
        job = (JOBS | GUARDED)[name](*json.loads(arguments))
    except ImportError:
        _tell({"failed": "not installed"})
        return
    except FileNotFoundError:
        _tell({"failed": "no corpus"})
        return
    _tell({})
    for _ in sys.stdin:
        gc.collect()
        try:
            start = perf_counter()
            result = job.work()
            seconds = perf_counter() - start
        except Exception as error:  # noqa: BLE001  a peer's failure is its figure
            _tell({"failed": type(error).__name__})
            return
        if job.seconds is not None:
            seconds = job.seconds(result)
        _tell({"seconds": seconds, "facts": job.facts(result)})
        del result


def _tell(what: dict[str, Any]) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    main()
