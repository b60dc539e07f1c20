"""The normal form: an expression as an exact quotient of polynomials over kernels."""
