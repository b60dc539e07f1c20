"""Limits of derivatives, each with its unit."""

from __future__ import annotations

# high_order
LONG = 60  # operations of a high derivative that is not looked at a second time
WORK = 20_000  # that each order may cost

# derivative
HIGH = 3  # orders from which on derivatives are taken in the normal form

# in_names
MOST_PUT_IN = 50  # parts of a defined value that later ones are written out with

# slopes
MOST_TESTS = 24  # choices that are looked at for each group of variables
MOST_GROUPS = 6  # of variables, each with its own spelling of the function

# limits
MOST_NODES = 200  # of an expression whose limit is looked for

# sides
ORDERS = (3, 8)  # of expansions; the next where one is not enough
SLOPE = 2  # the first that is tried where the slope is enough

# series
MOST_TERMS = 60  # terms of a series

# coefficients
POINTS = 22  # at which a coefficient with variables is looked at

# calls
MOST_DERIVATIVES = 10  # derivatives of one function

# systems
MOST_UNKNOWNS = 5  # functions whose power series are found together

# local
MOST_STEPS = 20_000  # nodes expanded for one series

# line
MOST_POINTS = 12  # at which the rows of a choice are compared
MOST_FLIPPED = 4  # comparisons of which some may be made strict, or not

# extremes
MOST_PIECES = 400  # of a function of one variable

# solve
MOST_ENDS = 40  # places at which a condition may change

# places
MOST_SINGLE = 2  # places of a family that are not like the others

# unreal
NOISE = 1e-9  # of a value and its absolute value, which is rounding

# at_points
MOST_LOOKED_AT = 400  # nodes of a function
MOST_EXPANDED = 500_000  # steps of work on the expansions at one place
MOST_WITH_NAMES = 30_000  # the same, where other names are in the coefficients
MEMBERS = (0, 1, -1, 2)  # integers for which a family of places is looked at

# subgradients
MOST_VARIABLES = 3  # of a function whose whole gradients are looked at
MOST_CELLS = 32  # that meet at one place
MOST_REGIONS = 40  # of one place, tried in turn
MOST_CHOICES = 24  # that are written in one derivative
MOST_PLACES = 120  # at which switches are 0
MOST_SWITCHES = 16
MOST_SEARCHED = 1_000_000  # steps of work on the slopes of one function
LONG_CHOICE = 60  # nodes of a slope that is written for one place
