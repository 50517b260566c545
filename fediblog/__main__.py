"""Runs the command line: python -m fediblog."""

from fediblog.cli import main

main()
