"""Measuring and tuning what a watch finds: labels.py reads labelled records, judging.py holds findings against them,
scores.py counts, evaluation.py puts the measures together and compares two of them."""
