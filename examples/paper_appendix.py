"""The appendix of a paper: gradients of its loss as a table that LaTeX reads in."""

import sys
from pathlib import Path

import calcml as cm

LOSS = (
    "p = sigmoid(X @ w + b*ones(m)); -mean(y*log(p) + (1 - y)*log(1 - p)) + r*(w @ w)/2"
)
SHAPES = {"X": "m n", "w": "n", "y": "m"}
ROWS = [
    {"name": "regularized logistic loss", "formula": LOSS, "by": ["w", "b"]}
    | {"shapes": SHAPES, "given": "r > 0"},
    {"name": "Huber loss", "formula": "huber(a, b)", "by": "a"}
    | {"reference": "Huber, Annals of Mathematical Statistics 35, 1964"},
    {"name": "softplus of a margin", "formula": "softplus(-t*s)", "by": "s"},
]

table = cm.table(
    rows=ROWS, title="Gradients of the losses", columns=["f", "derivative"]
)
made = table.render("latex", label="tab:gradients", document=bool(sys.argv[1:]))
if sys.argv[1:]:
    Path(sys.argv[1]).write_text(made, encoding="utf-8")
else:
    print(made)
