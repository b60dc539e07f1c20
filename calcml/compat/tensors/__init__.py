"""`calcml.tensors` of version 0.1.0."""
