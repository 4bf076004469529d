"""`preview`: a digest as it would look, and what its templates get."""
