"""Relations between values of special functions: at neighbours, mirrored, complements.

One is tried where the functions of its right side occur beside that of its left side,
and used where the form is shorter. It holds where they all have values, and `given`.
"""

from calcml.algebra.rules.rule import rule

# fmt: off
rule("gamma-next",       "gamma(a + 1) -> a*gamma(a)", stage="relate")
rule("lgamma-next",      "lgamma(a + 1) -> lgamma(a) + log(abs(a))", given="real", stage="relate")
rule("digamma-next",     "digamma(a + 1) -> digamma(a) + 1/a", stage="relate")
rule("trigamma-next",    "polygamma(1, a + 1) -> polygamma(1, a) - 1/a^2", stage="relate")
rule("polygamma-2-next", "polygamma(2, a + 1) -> polygamma(2, a) + 2/a^3", stage="relate")
rule("polygamma-3-next", "polygamma(3, a + 1) -> polygamma(3, a) - 6/a^4", stage="relate")
rule("zeta-next",        "zeta(a, b + 1) -> zeta(a, b) - 1/b^a", given="real", stage="relate")
rule("beta-next",        "beta(a + 1, b) -> a*beta(a, b)/(a + b)", given="real", stage="relate")
rule("beta-next-b",      "beta(a, b + 1) -> b*beta(a, b)/(a + b)", given="real", stage="relate")
rule("beta-gamma",       "beta(a, b) -> gamma(a)*gamma(b)/gamma(a + b)", given="real", stage="relate")
rule("betaln-lgamma",    "betaln(a, b) -> lgamma(a) + lgamma(b) - lgamma(a + b)", given="real", stage="relate")
rule("lowergamma-next",  "lowergamma(a + 1, b) -> a*lowergamma(a, b) - b^a*exp(-b)", given="real", stage="relate")
rule("lowergamma-last",  "lowergamma(a, b) -> (lowergamma(a + 1, b) + b^a*exp(-b))/a", given="real", stage="relate")
rule("uppergamma-last",  "uppergamma(a, b) -> (uppergamma(a + 1, b) - b^a*exp(-b))/a", given="real and a != 0", stage="relate")
rule("uppergamma-next",  "uppergamma(a + 1, b) -> a*uppergamma(a, b) + b^a*exp(-b)", given="real", stage="relate")
rule("uppergamma-rest",  "uppergamma(a, b) -> gamma(a) - lowergamma(a, b)", given="real", stage="relate")
rule("gammaincc-rest",   "gammaincc(a, b) -> 1 - gammainc(a, b)", given="real", stage="relate")
rule("besselj-above",    "besselj(n + 1, a) -> 2*n*besselj(n, a)/a - besselj(n - 1, a)", given="real and a > 0", stage="relate")
rule("besselj-below",    "besselj(n - 1, a) -> 2*n*besselj(n, a)/a - besselj(n + 1, a)", given="real and a > 0", stage="relate")
rule("bessely-above",    "bessely(n + 1, a) -> 2*n*bessely(n, a)/a - bessely(n - 1, a)", given="real and a > 0", stage="relate")
rule("bessely-below",    "bessely(n - 1, a) -> 2*n*bessely(n, a)/a - bessely(n + 1, a)", given="real and a > 0", stage="relate")
rule("besseli-above",    "besseli(n + 1, a) -> besseli(n - 1, a) - 2*n*besseli(n, a)/a", given="real and a > 0", stage="relate")
rule("besseli-below",    "besseli(n - 1, a) -> besseli(n + 1, a) + 2*n*besseli(n, a)/a", given="real and a > 0", stage="relate")
rule("besselk-above",    "besselk(n + 1, a) -> besselk(n - 1, a) + 2*n*besselk(n, a)/a", given="real and a > 0", stage="relate")
rule("besselk-below",    "besselk(n - 1, a) -> besselk(n + 1, a) - 2*n*besselk(n, a)/a", given="real and a > 0", stage="relate")
rule("erf-rest",         "erf(a) -> 1 - erfc(a)", stage="relate")
rule("gammainc-rest",    "gammainc(a, b) -> 1 - gammaincc(a, b)", given="real", stage="relate")
rule("erfc-rest",        "erfc(a) -> 1 - erf(a)", stage="relate")
rule("erfc-mirror",      "erfc(-a) -> 2 - erfc(a)", stage="relate")
rule("ndtr-mirror",      "ndtr(-a) -> 1 - ndtr(a)", stage="relate")
rule("softplus-turned",  "softplus(-a) -> softplus(a) - a", given="real", stage="relate")
# fmt: on
