"""How fast and how large calcml is, beside its peers: `python -m tests.benchmarks`.

Nothing here is a test: a time says as much about the machine as about the code.
"""
