"""Functions of the inverse A of a square matrix, and of the unit matrix of size n."""

ARRAY_RULES = (
    "inv(inv(A)) -> A",
    "det(inv(A)) -> 1/det(A)",
    "logdet(inv(A)) -> -logdet(A)",
    "inv(eye(n)) -> eye(n)",
    "det(eye(n)) -> 1",
    "logdet(eye(n)) -> 0",
)
