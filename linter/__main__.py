"""Run ``python -m linter`` as the command ``omlint``."""

import sys

from linter.cli.main import main

sys.exit(main())
