"""The court: it judges a learner's program by what the program computes, and never runs it itself."""
