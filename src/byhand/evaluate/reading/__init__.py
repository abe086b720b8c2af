"""Prediction logs on files, read by DuckDB as Arrow batches. Nothing is held in memory but the batch in hand."""
