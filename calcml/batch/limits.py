"""Limits of batches, each with its unit."""

from __future__ import annotations

# workers
AGAIN = 0.05  # seconds until a stop that was lost is repeated
AHEAD = 96  # rows under way, or done before their turn, for each process

# record
LAG = 0.1  # seconds of work that a run which was killed may do again

# lines
MAX_LINE = 8_000_000  # bytes of one row

# keys
NEAR = 0.8  # likeness (difflib's ratio) from which a key is taken for a slip of another

# rows
CHUNK = 32  # rows that travel to a worker together

# files
FAILED_SHOWN = 10  # lines that failed, of which the numbers are told
CHUNK_BYTES = 1_000_000  # after which a chunk has no further row
