"""An evaluation in words: on a terminal, as JSON, as a page."""
