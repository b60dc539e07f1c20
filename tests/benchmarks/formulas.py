"""The formulas that are timed, in a grammar that calcml and every peer can read."""

# fmt: off
SMALL = [  # a formula and the variable to derive it by
    ("1/(1 + exp(-x))", "x"),                                # sigmoid
    ("log(1 + exp(x))", "x"),                                # softplus
    ("x*0.5*(1 + erf(x/sqrt(2)))", "x"),                     # gelu
    ("0.5*x*(1 + tanh(0.79788*(x + 0.044715*x**3)))", "x"),  # gelu, by tanh
    ("x/(1 + exp(-x))", "x"),                                # silu
    ("x*tanh(log(1 + exp(x)))", "x"),                        # mish
    ("-(y*log(p) + (1 - y)*log(1 - p))", "p"),               # binary cross-entropy
    ("(w*x + b - y)**2", "w"),                               # squared error
    ("log(1 + exp(-y*(w*x + b)))", "w"),                     # logistic loss
    ("-(x - m)**2/(2*s**2) - log(s) - 0.91894", "s"),        # Gaussian density
    ("exp(a)/(exp(a) + exp(b) + exp(c))", "a"),              # softmax, one entry
    ("log(exp(a) + exp(b) + exp(c)) - a", "b"),              # cross-entropy
    ("-y*(1 - p)**2*log(p)", "p"),                           # focal loss
    ("sqrt(1 + (x - y)**2) - 1", "x"),                       # pseudo-Huber loss
    ("log(cosh(x - y))", "x"),                               # log-cosh loss
    ("log(t/s) + (s**2 + (m - k)**2)/(2*t**2) - 1/2", "t"),  # KL of two Gaussians
    ("exp(-(x - y)**2/(2*l**2))", "l"),                      # Gaussian kernel
    ("tanh(v*tanh(w*x + b) + c)", "w"),                      # two layers
    ("y*log(r) - r", "r"),                                   # Poisson log-likelihood
    ("(w*x - y)**2/2 + a*w**2/2", "w"),                      # ridge regression
]
RELAXED = [  # the same as people write them
    "1/(1 + exp(−x))",
    "log(1 + exp x)",
    "x·0.5·(1 + erf(x/√2))",
    "0.5x·(1 + tanh(0.79788(x + 0.044715x³)))",
    "x/(1 + exp(−x))",
    "x tanh(log(1 + exp x))",
    "−(y log p + (1 − y)log(1 − p))",
    "(w·x + b − y)²",
    "log(1 + exp(−y·(w·x + b)))",
    "−(x − m)²/(2s²) − log s − 0.91894",
    "exp(a)/(exp a + exp b + exp c)",
    "log(exp a + exp b + exp c) − a",
    "−y·(1 − p)²·log p",
    "√(1 + (x − y)²) − 1",
    "log(cosh(x − y))",
    "log(t/s) + (s² + (m − k)²)/(2t²) − 1/2",
    "exp(−(x − y)²/(2l²))",
    "tanh(v tanh(w·x + b) + c)",
    "y log r − r",
    "(w·x − y)²/2 + a·w²/2",
]
# fmt: on

FUNCTIONS = ("exp", "log", "sqrt", "tanh", "erf", "cosh", "sin")
NAMES = sorted("abcklmprstvwxy")


def deep(depth: int) -> str:
    """sin(sin(...sin(x)...))"""
    return "sin(" * depth + "x" + ")" * depth
