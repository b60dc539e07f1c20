"""How much of a table that others published is read."""

MAX_FILE = 4_000_000  # bytes: a book of tables has a tenth
MAX_ROWS = 2_000
MAX_CELL = 20_000  # characters of a line
MAX_OVER = 50  # fractions of a cell with \over
