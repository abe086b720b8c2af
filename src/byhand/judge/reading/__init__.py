"""A learner's file as notebook cells, and those as definitions. Nothing is run."""
