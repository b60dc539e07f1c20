"""Operations on arrays that algorithms speak of by their names.

What is known of them otherwise stands in their rows. Matrix notation writes the parts
of contractions with them: products, sums, diagonals, arrays of zeros and ones.
"""

from typing import Final

MATMUL: Final = "matmul"
TRANSPOSE: Final = "transpose"
OUTER: Final = "outer"
SUM: Final = "sum"
TRACE: Final = "trace"
DIAG: Final = "diag"
TRIL: Final = "tril"
INV: Final = "inv"
DET: Final = "det"
LOGDET: Final = "logdet"
NORM2: Final = "norm2"
NORMALIZE: Final = "normalize"
MAX: Final = "max_over"
MIN: Final = "min_over"
PROD: Final = "prod_over"
LOGSUMEXP: Final = "logsumexp_over"

EYE: Final = "eye"
ONES: Final = "ones"
ZEROS: Final = "zeros"
ONEHOT: Final = "onehot"
ARANGE: Final = "arange"
PAD: Final = "pad"
RESHAPE: Final = "reshape"
