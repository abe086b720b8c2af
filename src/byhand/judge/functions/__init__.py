"""What the tasks of a function of two arrays share: names, signatures, calls, draws."""
