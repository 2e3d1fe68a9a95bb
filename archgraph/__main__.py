"""``python -m archgraph``."""

from archgraph.cli.main import main

main()
