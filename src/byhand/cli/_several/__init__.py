"""``byhand check`` of several files and folders: processes that judge them, and the table of what they found."""
