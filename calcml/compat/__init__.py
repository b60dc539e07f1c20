"""Module paths of version 0.1.0 that pickles name: `calcml` looks here last.

Each module is an alias of two lines. Nothing of calcml imports it, and it changes with
no release.
"""
