"""A report as data, and its layout for a terminal, as HTML and as JSON; the texts in two languages."""
