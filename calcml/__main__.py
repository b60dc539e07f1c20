"""`python -m calcml` is the command `calcml`."""

import sys

from calcml.cli import main

if __name__ == "__main__":
    sys.exit(main())
