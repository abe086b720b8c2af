"""``byhand check`` of several files and folders: worker processes, and the table of results."""
