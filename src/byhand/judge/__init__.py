"""Judges a learner's program by what it computes; the program itself runs in the sandbox."""
