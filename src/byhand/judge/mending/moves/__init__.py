"""Mends that no pattern can express: each function yields lists of edits, and each list is one possible mend."""

from byhand.judge.mending.moves.axes import axes
from byhand.judge.mending.moves.logarithms import (
    log_of_a_quotient,
    log_of_softmax,
    logs_from_the_start,
    shift,
)
from byhand.judge.mending.moves.ranking import (
    both_sides,
    half_for_ties,
    one_class,
    own_pairs,
    pairs,
    thresholds,
    ties_of_a_sum,
)
from byhand.judge.mending.moves.spelling import (
    add_import,
    carets,
    drop_call,
    drop_keyword,
    exchange,
    rename_function,
    spell_attributes,
    spell_names,
)
from byhand.judge.mending.moves.state import defaults, forget_gradients, keep_corrected, last_of_a_dict, state_for_each
from byhand.judge.mending.moves.statements import (
    before_the_loop_counts,
    decay_after_the_guard,
    drop,
    give_back,
    no_grad,
    order,
    out_of_the_loop,
    skip_missing,
    without_the_block,
)
from byhand.judge.mending.moves.zeros import filter_zeros, infinite_where_zero, normalise_other, skip_zeros

__all__ = [
    "add_import",
    "axes",
    "before_the_loop_counts",
    "both_sides",
    "carets",
    "decay_after_the_guard",
    "defaults",
    "drop",
    "drop_call",
    "drop_keyword",
    "exchange",
    "filter_zeros",
    "forget_gradients",
    "give_back",
    "half_for_ties",
    "infinite_where_zero",
    "keep_corrected",
    "last_of_a_dict",
    "log_of_a_quotient",
    "log_of_softmax",
    "logs_from_the_start",
    "no_grad",
    "normalise_other",
    "one_class",
    "order",
    "out_of_the_loop",
    "own_pairs",
    "pairs",
    "rename_function",
    "shift",
    "skip_missing",
    "skip_zeros",
    "spell_attributes",
    "spell_names",
    "state_for_each",
    "thresholds",
    "ties_of_a_sum",
    "without_the_block",
]
