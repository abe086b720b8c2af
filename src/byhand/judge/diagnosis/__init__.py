"""From a program's results to the name of its mistake, and to a verdict."""
