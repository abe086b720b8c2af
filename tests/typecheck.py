"""The checker of byhand's annotations under test: beartype, to which an int is a float, as it is to type checkers."""

from beartype import BeartypeConf, beartype

typecheck = beartype(conf=BeartypeConf(is_pep484_tower=True))
