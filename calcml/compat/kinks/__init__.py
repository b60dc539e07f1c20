"""`calcml.kinks` of version 0.1.0."""
