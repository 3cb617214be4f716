"""`python -m kirie` is the `kirie` command."""

import sys

from kirie.cli import main

if __name__ == "__main__":
    sys.exit(main())
