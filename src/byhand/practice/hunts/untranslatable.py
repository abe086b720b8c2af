"""The error of a change for which there is no rule."""


class Untranslatable(ValueError):
    """No rule says what a change of a formula would be in another library."""
