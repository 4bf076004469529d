"""`eval`: how well the rules do on labelled records; command.py is the command, terminal.py its text."""
