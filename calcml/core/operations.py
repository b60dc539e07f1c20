"""Operations that algorithms speak of by their names, beside arithmetic and choice.

What is known of them otherwise stands in their rows. The algebra reads roots and
exponentials as powers and logarithms as exponents, and absolute values and signs as
what real roots and corners leave. Those on arrays stand in tensors/names.py.
"""

from typing import Final

SQRT: Final = "sqrt"  # the power 1/2
CBRT: Final = "cbrt"  # the real power 1/3
EXP: Final = "exp"  # the power of e
LOG: Final = "log"
ABS: Final = "abs"
SIGN: Final = "sign"
FLOOR: Final = "floor"  # "x in integers" is x == floor(x)
