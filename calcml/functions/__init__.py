"""The function table: one row for one function, and nothing about it elsewhere.

Nothing flows in, rows flow out: data alone. It imports nothing of calcml.

A row's mathematics is text in calcml's own grammar, over the names of its parameters;
`y` stands for the function's own value (where no parameter is called so).
"""

from calcml.functions import (  # the data, in the table's order
    activations as activations,
    elementary as elementary,
    operators as operators,
    special as special,
)
from calcml.functions.row import (
    CONSTANT_NAMES as CONSTANT_NAMES,
    CONSTANTS as CONSTANTS,
    FUNCTIONS as FUNCTIONS,
    SPELLINGS as SPELLINGS,
    Row as Row,
    add_row as add_row,
    rows as rows,
)
