"""Formulas and headings in a learner's text: what they state of the seven, and what they leave unwritten."""
