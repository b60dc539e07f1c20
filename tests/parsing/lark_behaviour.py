"""What the parser answers with the Lark that is installed, its tables made anew.

`python -m tests.parsing.lark_behaviour` writes JSON: Lark's version, and for each
formula of each dialect what is read, or what its error says.
"""

from __future__ import annotations

import json
import os
import tempfile

from tests.array_cases import CASES, SHAPES
from tests.support import corpus

EVERY = 25  # one row in so many of a corpus
FORMULAS = """
-x^2 ; 2^-x^y ; a - b - c ; a/b*c ; x**2 ; 1.5e-3*x ; αβ_1*θ
z = w*x + b; log(1 + exp(z)) # a loss
where(x < 1 or not (y >= 2 and z != 3), x, -inf) ; 0 < x < 1 ; max(a, b, c)
D(f(x, y), x, 2, y) ; gelu(x, approximate="tanh") ; leaky_relu(x, negative_slope=0.1)
2x ; 1/2x ; 2 pi r ; x² ; |x|y ; ‖x‖ ; sin x ; sin^2(x)cos x ; √x
1_000x₁ ; f(x) = 2x; f(3)
x + ; (x ; x) ; x y ; sin() ; sin(x,) ; x^ ; = 1 ; a = ; a = 1 ; x[ ; 1..2 ; "x"
?
"""
MATLAB = """
norm2(A*x - y)^2 ; A'*x ; x.*y ./ z ; A*B*x + b*c' ; exp(-x.^2)'*y ; inv(A)*det(A)
sum(x.^2) + tr(A) ; vector(1) ; A(1 ; x' ' ; [x] ; 2A
"""
DEEP = ["(" * 2_000 + "x" + ")" * 2_000, "-" * 2_000 + "x", "sin(" * 500, "x+" * 2_000]


def lines(block: str) -> list[str]:
    return [part for line in block.strip().splitlines() for part in line.split(" ; ")]


def formulas() -> list[tuple[str, str]]:
    """Dialects and texts."""
    plain = [*lines(FORMULAS), *DEEP, *(case.text for case in CASES)]
    for name in ("textbook", "feynman", "cas_tests", "rubi_public_sample"):
        plain += [row["expr"] for row in corpus(name)[::EVERY]]
    plain += [row["expr"] for row in corpus("matrix_calculus")]
    return [("calcml", t) for t in plain] + [("matlab", t) for t in lines(MATLAB)]


def answer(dialect: str, text: str) -> str:
    """What is read, or the error with its place."""
    from calcml import CalcmlError, parse

    shapes = SHAPES if dialect == "calcml" else None
    try:
        return str(parse(text, shapes=shapes, dialect=dialect))
    except CalcmlError as error:
        return f"{error.kind} {error.span}: {error.message}"


def main() -> None:
    import lark

    with tempfile.TemporaryDirectory() as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        answers = [answer(*formula) for formula in formulas()]
        made = sorted(os.listdir(f"{cache}/calcml"))
    told = {"lark": lark.__version__, "tables": len(made), "answers": answers}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
