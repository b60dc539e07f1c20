"""What people know from elsewhere: signs, and functions of other names or meanings.

calcml does not read them; where they occur it says what to write in their place.
"""

from __future__ import annotations

from typing import NamedTuple


class Foreign(NamedTuple):
    """A call as it is written elsewhere, and the same in calcml's own functions."""

    params: tuple[str, ...]
    text: str


# fmt: off
_CALLS = """
mod(x, n) remainder(x, n) modulo(x, n): x - n*floor(x/n)
fmod(x, n) rem(x, n): x - n*sign(x/n)*floor(abs(x/n))
floor_divide(x, n) floordiv(x, n) idiv(x, n) Quotient(x, n): floor(x/n)
INT(x): floor(x)
frac(x) fract(x): x - floor(x)
trunc(x) fix(x) int(x) truncate(x) IntegerPart(x): sign(x)*floor(abs(x))
FractionalPart(x): x - sign(x)*floor(abs(x))
copysign(x, y): abs(x)*sign(y)
signbit(x): where(x < 0, 1, 0)
SQRTPI(x): sqrt(pi*x)
log(x, b) ln(x, b) logb(x, b): log(x)/log(b) | log(b)/log(x)
log_2(x) lb(x) ld(x): log2(x)
log_10(x) lg(x): log10(x)
log_e(x) loge(x): log(x)
exp10(x) pow10(x): 10^x
root(x, n): x^(1/n)
nthroot(x, n) surd(x, n) real_root(x, n): sign(x)*abs(x)^(1/n)
sqr(x) sq(x): x^2
cube(x): x^3
invsqrt(x): 1/sqrt(x)
negative(x) minus(x): -x
positive(x) identity(x) id(x): x
plus(a, b): a + b
subtract(a, b): a - b
multiply(a, b) times(a, b) hadamard(a, b): a*b
divide(a, b) true_divide(a, b): a/b
float_power(a, b): a^b
fma(a, b, c): a*b + c
if(c, a, b) ifelse(c, a, b) if_else(c, a, b) iif(c, a, b) cond(c, a, b) select(c, a, b) ITE(c, a, b): where(c, a, b)
Boole(c): where(c, 1, 0)
factorial(n) fact(n): gamma(n + 1)
factorial2(n): 2^(n/2)*gamma(n/2 + 1)*(2/pi)^((1 - cos(pi*n))/4)
binomial(n, k) binom(n, k) comb(n, k) choose(n, k) nchoosek(n, k) COMBIN(n, k): gamma(n + 1)/(gamma(k + 1)*gamma(n - k + 1))
perm(n, k) permutations(n, k): gamma(n + 1)/gamma(n - k + 1)
poch(x, n) pochhammer(x, n) rf(x, n) RisingFactorial(x, n): gamma(x + n)/gamma(x)
lbeta(a, b) log_beta(a, b): betaln(a, b)
log_factorial(n): lgamma(n + 1)
trigamma(x): polygamma(1, x)
harmonic(n): digamma(n + 1) + euler_gamma
cis(x): exp(I*x)
radians(x) deg2rad(x): x*pi/180
degrees(x) rad2deg(x): x*180/pi
sind(x): sin(x*pi/180)
cosd(x): cos(x*pi/180)
tand(x): tan(x*pi/180)
sinpi(x): sin(pi*x)
cospi(x): cos(pi*x)
tg(x): tan(x)
ctg(x) cotan(x): cot(x)
cosec(x): csc(x)
arctg(x): atan(x)
arcctg(x): acot(x)
sh(x): sinh(x)
ch(x): cosh(x)
th(x): tanh(x)
cth(x): coth(x)
arsh(x) argsh(x): asinh(x)
arch(x) argch(x): acosh(x)
arth(x) argth(x): atanh(x)
versin(x) versine(x): 1 - cos(x)
coversin(x): 1 - sin(x)
haversin(x) haversine(x) hav(x): sin(x/2)^2
gd(x) gudermannian(x): atan(sinh(x))
unitstep(x) unit_step(x) HeavisideTheta(x): step(x)
rect(x) boxcar(x) UnitBox(x): step(1/2 - abs(x))
tri(x) triangle(x) UnitTriangle(x): relu(1 - abs(x))
ramp(x) pos(x) rectifier(x): relu(x)
saturate(x): clip(x, 0, 1)
lerp(a, b, t) mix(a, b, t): a + t*(b - a)
smoothstep(x): clip(x, 0, 1)^2*(3 - 2*clip(x, 0, 1))
inv_logit(x) LogisticSigmoid(x): sigmoid(x)
sigma(x): sigmoid(x)
And(a, b) logical_and(a, b): a and b
Or(a, b) logical_or(a, b): a or b
Not(a) logical_not(a): not a
Xor(a, b) logical_xor(a, b): (a and not b) or (b and not a)
log_odds(x): logit(x)
logcosh(x): log(cosh(x))
quick_gelu(x): x*sigmoid(1.702*x)
xlogx(x): xlogy(x, x)
cloglog(p): log(-log(1 - p))
binary_entropy(p): entr(p) + entr(1 - p)
logdiffexp(a, b) logsubexp(a, b): a + log1mexp(a - b)
logaddexp2(a, b): log2(2^a + 2^b)
norm_pdf(x) normpdf(x) normal_pdf(x) dnorm(x): exp(-x^2/2)/sqrt(2*pi)
norm_logpdf(x): -x^2/2 - log(2*pi)/2
norm_pdf(x, m, s) normpdf(x, m, s) normal_pdf(x, m, s) dnorm(x, m, s): exp(-((x - m)/s)^2/2)/(s*sqrt(2*pi))
norm_logpdf(x, m, s): normal_logpdf(x, m, s)
normcdf(x) normal_cdf(x) pnorm(x) NORMSDIST(x): ndtr(x)
log_normcdf(x) norm_logcdf(x): log_ndtr(x)
probit(x) norm_ppf(x) normppf(x) norminv(x) qnorm(x): ndtri(x)
erfcinv(x): erfinv(1 - x)
InverseErf(x): erfinv(x)
ExpIntegralEi(x): Ei(x)
SinIntegral(x): Si(x)
CosIntegral(x): Ci(x)
ProductLog(x): lambertw(x)
jn(n, x): besselj(n, x)
yn(n, x): bessely(n, x)
clamp_min(x, a): max(x, a)
clamp_max(x, a): min(x, a)
dawsn(x) dawson(x) DawsonF(x): sqrt(pi)/2*exp(-x^2)*erfi(x)
exp1(x) expint(x): -Ei(-x)
li(x) logint(x): Ei(log(x))
dilog(x): polylog(2, x)
spence(x): polylog(2, 1 - x)
shi(x): (Ei(x) - Ei(-x))/2
cosm1(x): -2*sin(x/2)^2
average(x) avg(x) nanmean(x) reduce_mean(x): mean(x)
total(x) reduce_sum(x) nansum(x): sum(x)
product(x) reduce_prod(x): prod(x)
rms(x): sqrt(mean(x^2))
rmse(a, b): sqrt(mse(a, b))
layer_norm(x): (x - mean(x, axis=-1, keepdims=1))/sqrt(var(x, axis=-1, keepdims=1) + 1e-5)
rms_norm(x): x/sqrt(mean(x^2, axis=-1, keepdims=1))
sumsq(x) sumsqr(x) sum_squares(x): sum(x^2)
quad_form(x, A): x @ A @ x
distance(a, b) dist(a, b) euclidean(a, b) pairwise_distance(a, b): norm2(a - b)
sqeuclidean(a, b): sum((a - b)^2)
inner(a, b) vdot(a, b): dot(a, b)
mm(a, b) mv(a, b) bmm(a, b): a @ b
addmm(c, a, b): c + a @ b
linear(x, A): x @ A.T
KroneckerProduct(A, B): kron(A, B)
SUMPRODUCT(a, b): sum(a*b)
inverse(X): inv(X)
determinant(X): det(X)
log_det(X): logdet(X)
frobenius(X): norm2(X)
norm(x, p) norm2(x, p): sum(abs(x)^p)^(1/p)
"""
# Signs of other writing: operators, functions before their argument, and brackets.
OPERATORS = {
    sign: operator
    for operator, signs in {
        "*": "·⋅×∙•∗✕✖⊙", "/": "÷∕⁄", "-": "−–—‒﹣", "<=": "≤⩽≦", ">=": "≥⩾≧", "!=": "≠",
    }.items() for sign in signs
}
PREFIXES = {"√": "sqrt", "∛": "cbrt", "∑": "sum", "∏": "prod"}
SUMS = {"Σ": "sum", "Π": "prod"}  # letters that may be signs
BRACKETS = {"|": ("|", "abs"), "||": ("||", "norm2"), "‖": ("‖", "norm2"), "∥": ("∥", "norm2"), "⌊": ("⌋", "floor"), "⌈": ("⌉", "ceil"), "⟨": ("⟩", "dot")}
MEASURED = {"|": 0, "‖": 1}  # axes that bars may hold: of others they have two meanings
POSITIVE_PART = "relu"  # (1 - x)_+ of LaTeX
CHOICE = "where"  # a if c else b
DETERMINANT = "det"  # of a matrix between bars
PAIRS = {"<>": "!=", "!==": "!=", "===": "==", "=<": "<=", "=>": ">=", "=!": "!=", ":=": "=", "^^": "^", "***": "**", ".*": "*", "./": "/", ".^": "^"}
NORMS = {"1": "norm1", "2": "norm2", "F": "norm2", "inf": "norm_inf"}
ACCENTS = {"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0305": "bar", "\u0307": "dot", "\u0308": "ddot", "\u20d7": "vec"}
LATEX = {
    "cdot": "*", "times": "*", "odot": "*", "div": "/", "le": "<=", "leq": "<=", "ge": ">=", "geq": ">=", "ne": "!=", "neq": "!=",
    "lt": "<", "gt": ">", "infty": "inf", "left": "", "right": "", "land": "and", "lor": "or", "lnot": "not", "quad": " ",
}
LETTERS = frozenset(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi varphi chi psi omega ell "
    "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split()
)
MODULES = frozenset("np numpy math cmath torch nn F functional jnp jax lax tf keras K sp sympy scipy special linalg cp mx mpmath".split())
# fmt: on


def _read(lines: str) -> dict[tuple[str, int], Foreign]:
    found = {}
    for line in lines.strip().splitlines():
        calls, _, text = line.partition(": ")
        for call in calls.removesuffix(")").split(") "):
            name, _, inside = call.partition("(")
            params = tuple(inside.split(", "))
            found[name, len(params)] = Foreign(params, text)
    return found


FOREIGN = _read(_CALLS)  # by name and number of arguments
