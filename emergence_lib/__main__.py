"""Entry of ``python -m emergence_lib``."""

import sys

from emergence_lib.cli import main

if __name__ == "__main__":
    sys.exit(main())
