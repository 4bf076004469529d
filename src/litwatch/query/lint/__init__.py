"""What makes searches lose papers: each module looks for one kind of mistake."""
