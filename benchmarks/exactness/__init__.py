"""How exact byhand is, and how exact its peers are: everything measured here goes to docs/exactness.md.

One file a subject; each has ``section(…) -> str``, the Markdown of its part.
"""
