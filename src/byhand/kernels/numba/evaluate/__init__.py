"""Counts of rows by the key of their score, for logs of any size: :mod:`byhand.evaluate`."""
