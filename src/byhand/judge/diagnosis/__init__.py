"""From what a program computes to the name of its mistake, and to a verdict."""
