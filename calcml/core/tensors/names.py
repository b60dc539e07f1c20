"""Operations on arrays that algorithms speak of by their names.

What is known of them otherwise stands in their rows. Matrix notation writes the parts
of contractions with them: products, sums, diagonals, arrays of zeros and ones.
"""

from typing import Final

MATMUL: Final = "matmul"
TRANSPOSE: Final = "transpose"
INV: Final = "inv"
DET: Final = "det"
LOGDET: Final = "logdet"
NORM2: Final = "norm2"
NORMALIZE: Final = "normalize"
