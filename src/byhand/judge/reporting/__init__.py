"""A report as data, and that laid out for a terminal, a page, or a program; the words in two languages."""
