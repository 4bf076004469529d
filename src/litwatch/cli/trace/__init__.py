"""`litwatch trace`: the command, the story as plain values, and as a terminal shows it."""
