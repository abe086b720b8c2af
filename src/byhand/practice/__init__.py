"""Practice: exercises to write by hand, bug hunts, exams, and the progress in them.

exercises.py has what is to be written (texts in exercises.toml, a reference in each library in references/), blanks.py
the files that a learner fills, hunts/ the programs with one mistake in them, judging.py what a report says of all
these, progress.py what is kept of it. Nothing here imports torch, except to judge.
"""
