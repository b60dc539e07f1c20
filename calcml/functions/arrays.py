"""Functions of whole arrays: names that wait for them, and what to write until then."""

# fmt: off
WAITING = {
    "softmax":     "exp(z_1)/(exp(z_1) + exp(z_2))",
    "log_softmax": "z_1 - logsumexp(z_1, z_2)",
    "softmin":     "exp(-z_1)/(exp(-z_1) + exp(-z_2))",
    "sum":         "x_1 + x_2",
    "mean":        "(x_1 + x_2)/2",
    "prod":        "x_1*x_2",
    "norm1":       "abs(x_1) + abs(x_2)",
    "norm2":       "sqrt(x_1^2 + x_2^2)",
    "norm_inf":    "max(abs(x_1), abs(x_2))",
    "dot":         "a_1*b_1 + a_2*b_2",
    "det":         "a_11*a_22 - a_12*a_21",
    "trace":       "a_11 + a_22",
} | dict.fromkeys((
    "var", "std", "cumsum", "logdet", "inv", "solve", "diag", "outer", "kron",
    "cholesky", "matmul", "matrix_power", "transpose", "einsum", "tr", "eye",
    "cross_entropy",
), "")
# fmt: on
