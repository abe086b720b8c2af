"""The parts of ``byhand tour``: data sets, training, comparison, and the report."""
