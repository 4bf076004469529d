"""`python -m litwatch` is the same as `litwatch`."""

from litwatch.cli.main import main

main()
