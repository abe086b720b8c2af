"""Measures the accuracy of byhand and of other libraries, and writes docs/exactness.md.

Each file covers one subject. Its function ``section(…) -> str`` returns the Markdown of its section.
"""
