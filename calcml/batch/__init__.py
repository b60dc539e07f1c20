"""Derivatives of many rows: streamed, in order, and one bad row costs one answer.

It may import what stands below it.

`batch` takes dictionaries and any executor; `run` takes JSON lines, owns its worker
processes, and finishes what an earlier run left.
"""

from calcml.batch.files import (
    Progress as Progress,
    SharedError as SharedError,
    prepare as prepare,
    run as run,
)
from calcml.batch.rows import batch as batch, fault as fault
from calcml.batch.stops import Stopped as Stopped
