"""How calculated decimals are written: exact and short."""

from __future__ import annotations

from calcml.core.expr import Expr, Number, decimal, number
from calcml.core.limits import MAX_PLACES, ROUND


def numeral(value: Number, like_decimal: bool) -> Expr:
    """The number `value`, as a decimal where that is asked, exact and short."""
    scaled = value * 10**MAX_PLACES
    if not like_decimal or not value or scaled.denominator > 1:
        return number(value)
    sign, all_of_them = "-" * (value < 0), str(abs(scaled.numerator))
    shown, power_of_ten = all_of_them.rstrip("0"), len(all_of_them) - MAX_PLACES - 1
    if power_of_ten < -4 or value % ROUND == 0:
        point = "." * (len(shown) > 1)
        return decimal(f"{sign}{shown[0]}{point}{shown[1:]}e{power_of_ten}")
    whole, part = divmod(abs(scaled.numerator), 10**MAX_PLACES)
    places = f"{part:0{MAX_PLACES}d}".rstrip("0") or "0"
    return decimal(f"{sign}{whole}.{places}")


def figures(node: Expr) -> int:
    """How many figures a number has, without the zeros at its ends."""
    mantissa = node.text.lower().partition("e")[0]
    return len(mantissa.strip("-0.").replace(".", ""))
