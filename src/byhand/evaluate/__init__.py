"""Prediction logs of any size: readers, mergeable states, engines."""
