"""The clinic: a folder a formula, a page a mistake, no code. :mod:`byhand.judge.diagnosis.clinic` reads them."""
