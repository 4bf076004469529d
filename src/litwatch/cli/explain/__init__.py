"""`explain`: why a paper matches or not; command.py is the command, the others its sources and its three forms."""
