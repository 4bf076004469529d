"""`tune`: what each clause of a search does; command.py is the command, terminal.py and as_json.py what it prints."""
