"""Limits of what the commands say on standard error."""

# Names in a note, and characters of one: a line or two of a terminal.
NAMES_SHOWN, NAME_SHOWN = 12, 40
