"""Bug hunts: programs with one known mistake in them, to be mended, or to be named from four pages.

A page of the clinic changes a line of its formula (torch). programs.py makes the changed formula a program as learners
write it, in one of three libraries; numpy.py and python.py translate it; edits.toml has edits of the references where
no rule translates. verify.py shows every such program to the judge; verified/ has those that get exactly their page's
name, and drawing.py draws from these.
"""
