"""What a call of a function stands for: of the function table, and of arrays."""
