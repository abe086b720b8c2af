"""Mends: small edits of a learner's program after which the judge calls it right.

``search`` looks for them. Its rules are in ``mends.toml``, read by ``table``: patterns (``rewrite``, ``names``,
``writer``), or functions of ``moves``. ``text`` and ``edited`` apply the edits; ``naming`` names what they mend.
"""
