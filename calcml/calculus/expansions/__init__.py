"""A function beside a place: series in powers and logarithms of the distance."""
