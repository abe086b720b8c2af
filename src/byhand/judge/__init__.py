"""Judges a learner's program by the numbers that it computes; the program itself runs in the sandbox."""
