"""``python -m liuke.app.cli``."""

from liuke.app.cli import main

main()
