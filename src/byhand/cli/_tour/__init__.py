"""The work of ``byhand tour``: what is learned from, who learns, how they are compared, and the page about it."""
