"""`python -m gaitprep`."""

from gaitprep.cli.app import main

main()
