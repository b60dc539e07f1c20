"""Arrays made short: contractions in a normal form, scalars between them closed."""
