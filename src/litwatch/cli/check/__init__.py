"""`check` and `match --lint`: what is wrong with the queries; command.py is the command."""
