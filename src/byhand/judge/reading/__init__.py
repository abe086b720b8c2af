"""Reads a learner's file as notebook cells, and these as definitions. Nothing is run."""
