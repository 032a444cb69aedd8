"""``python -m detente_verify game.json proof.json``."""

import sys

from detente_verify.cli import main

sys.exit(main())
