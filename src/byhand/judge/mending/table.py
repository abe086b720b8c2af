"""What mends which mistake: for pages of the clinic, what a learner may have written and what to write instead.

Pages are given by patterns of their ids. A kind without pages is tried on programs that no page explains.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch

from byhand.judge.mending import moves
from byhand.judge.mending.rewrite import Context, Rewrite, everywhere
from byhand.judge.mending.text import Edit

OPTIMIZERS, LOSSES, AUC = ("sgd", "momentum", "adam", "adamw"), ("kl_divergence", "cross_entropy"), ("roc_auc",)
ALL = (*OPTIMIZERS, *LOSSES, *AUC)


@dataclass(frozen=True)
class Together:
    """Rewrites of different places that make one mend: of m and of v."""

    rewrites: tuple[Rewrite, ...]


How = Rewrite | Together | Callable[[Context], Iterator[list[Edit]]]


@dataclass(frozen=True)
class Kind:
    """One row: what is mended."""

    name: str
    tasks: tuple[str, ...]
    pages: tuple[str, ...]
    """Patterns of ids, without the formula."""
    how: tuple[How, ...]

    def of(self, page: str) -> bool:
        """Whether a page belongs to it."""
        return any(fnmatch(page.partition("/")[2], pattern) for pattern in self.pages)


@dataclass(frozen=True)
class Mend:
    """An edit of a program."""

    kind: Kind
    edits: tuple[Edit, ...]
    line: int
    """The first line that it changes."""

    @property
    def size(self) -> int:
        """How many characters it changes."""
        return sum(edit.size for edit in self.edits)


def mends(kind: Kind, context: Context) -> Iterator[Mend]:
    """The mends of a kind in a definition."""
    for how in kind.how:
        for edits in _edits(how, context):
            if edits:
                line = context.source.text.count("\n", 0, min(edit.start for edit in edits)) + 1
                yield Mend(kind, tuple(edits), line)


def _edits(how: How, context: Context) -> Iterator[list[Edit]]:
    if isinstance(how, Together):
        yield everywhere(how.rewrites, context)
    elif isinstance(how, Rewrite):
        places = list(how.edits(context))
        if len(places) > 1:
            yield everywhere([how], context)
        yield from ([edit] for choices in places for edit in choices)
    else:
        yield from how(context)


def _r(*pairs: tuple[str, str], target: str = "", at: str = "") -> tuple[Rewrite, ...]:
    return tuple(Rewrite(before, after, target, at) for before, after in pairs)


def _both(*pairs: tuple[str, str], at: str = "") -> tuple[Together, ...]:
    """For a rewrite of M and BETA1: the one for V and BETA2 with it; each also alone."""
    made = []
    for before, after in pairs:
        other = [text.replace("MH", "VH").replace("BETA1", "BETA2") for text in (before, after)]
        other = [" ".join("V" if word == "M" else word for word in _split(text)) for text in other]
        made.append(Together((Rewrite(before, after, at=at), Rewrite(other[0], other[1], at=at))))
    return tuple(made)


def _split(text: str) -> list[str]:
    for sign in "()[],":
        text = text.replace(sign, f" {sign} ")
    return text.split()


TABLE: tuple[Kind, ...] = (
    # ---- what stops a program
    Kind("a missing import", ALL, (), (moves.add_import,)),
    Kind("an attribute spelt two ways", ALL, ("attribute-named-two-ways",), (moves.spell_attributes,)),
    Kind("a name spelt wrong", ALL, ("zero-grad-misspelt", "backward-gives-nothing"), (moves.spell_names,)),
    Kind("a caret for a power", ALL, (), (moves.carets,)),
    Kind("an item or a call that is not there", ALL, (), (*_r(("A[NUMBER]", "A"), ("A[-1]", "A")), moves.drop_call)),
    Kind("a missing return", ALL, ("backward-gives-nothing",), (moves.give_back,)),
    Kind(
        "the gradient",
        LOSSES,
        ("gradient-*", "an-incoming-gradient"),
        (
            *_r(("return A, B", "return A, B / N"), ("return A, B", "return A, B / len(Y)"), ("return A, None", "return A / N, None"),
                ("return A, None", "return A / len(Y), None"),
                ("return A, None", "return A / len(P), None"), ("return X", "return X / len(P)"), ("return A, None", "return -A, None"), ("return X", "return X / N"),
                ("return X", "return X / len(Y)"), ("return X", "return -X"), ("return X", "return DOUT * X"),
                ("return X, None", "return DOUT * X, None"), ("A / N", "A"), ("A / len(B)", "A"), ("A - B", "B - A"),
                ("A / B", "-A / B"), ("A / B / C", "B / A / C"), ("A = X / B", "A = -X / B"), ("-A / B", "A / B"),
                ("self.NAME = X", "self.NAME = -X"), ("A", "A / N"), ("A", "A / len(Y)"), target="slope"),
            *_r(("A", "DOUT * A"), ("DOUT ** 2", "DOUT"), target="slope", at="term"),
        ),
    ),
    # ---- signs
    Kind(
        "a sign",
        ALL,
        ("sign-*", "*-sign-*", "gradient-added", "*-subtracted", "decay-sign*", "weight-decay-sign", "logs-added",
         "minus-on-*", "picked-logit-added", "descending-ranks", "own-pairs-one-short", "abs-without-its-minus",
         "curve-run-backwards"),
        (
            *_r(("A += B", "A -= B"), ("A -= B", "A += B"), ("A - B", "A + B"), ("A + B", "A - B"), ("-A", "A")),
            *_r(("A - B", "B - A"), ("A.add_(*R)", "A.sub_(*R)")),
            *_r(("return X", "return -X"), ("A = X", "A = -X"), ("X", "-X"), at="term"),
            *_r(("A.add_(B)", "A.sub_(B)"), ("A.sub_(B)", "A.add_(B)"), ("A.add(B)", "A.sub(B)"), ("A.sub(B)", "A.add(B)")),
            *_r(("A.add_(B, alpha=-C)", "A.add_(B, alpha=C)"), ("A.add_(B, alpha=C)", "A.add_(B, alpha=-C)")),
            *_r(("exp(X)", "exp(-X)"), ("rankdata(-X)", "rankdata(X)"), ("argsort(-X, *R)", "argsort(X, *R)")),
        ),
    ),
    # ---- optimizers
    Kind(
        "a constant in place of an argument",
        OPTIMIZERS,
        ("lr-ignored", "*-hard-coded", "betas-hard-coded"),
        (
            *_r(("NUMBER", "LR"), ("NUMBER", "BETA"), ("NUMBER", "EPS"), ("NUMBER", "WD")),
            *_r(("NUMBER", "1 - BETA")),
            Together(_r(("self.NAME = NUMBER", "self.NAME = NAME"), target="init")),
        ),
    ),
    Kind(
        "a factor that is missing",
        OPTIMIZERS,
        ("lr-ignored", "*-not-decayed", "one-minus-beta-missing", "decay-without-lr", "old-*-dropped", "velocity-not-kept",
         "update-lost"),
        (
            *_both(("M += X", "M = BETA1 * M + X"), ("M = M + X", "M = BETA1 * M + X")),
            *_both(("M = (1 - BETA1) * A", "M = BETA1 * M + (1 - BETA1) * A")),
            *_both(("M = X + A", "M = X + (1 - BETA1) * A"), ("M += A", "M = BETA1 * M + (1 - BETA1) * A")),
            *_r(("V = X + A", "V = X + (1 - BETA2) * A"), ("M = X + A", "M = X + (1 - BETA1) * A")),
            *_r(("S = X", "S.copy_(X)"), ("S = X", "S[:] = X"), ("S = X", "S[...] = X"), ("return X", "return X, NAME")),
            *_r(("S += X", "S = BETA * S + X"), ("S = X", "S = BETA * S + X")),
            *_r(("G", "LR * G"), ("S", "LR * S"), ("S", "BETA * S"), at="term"),
            *_r(("X", "LR * X"), ("X", "(1 - BETA) * X"), ("X", "BETA * X"), at="term"),
            *_r(("A -= X", "A -= LR * X"), ("A - X", "A - LR * X"), ("A - X / B", "A - LR * X / B")),
            *_r(("1 - WD", "1 - LR * WD"), ("A.mul_(B)", "A.mul_(BETA).add_(B)")),
        ),
    ),
    Kind(
        "a factor too much",
        ALL,
        ("lr-twice", "momentum-on-the-parameter", "gradient-normalised", "corrected-twice", "decay-twice", "nadam",
         "nesterov", "divided-by-n-twice", "lr-inside-the-velocity", "temperature-*", "gradient-divided-by-n", "symmetric"),
        _r(("A * B", "B"), ("A * B", "A"), ("A / B", "A"), ("A * B / C * D", "A * D"), ("A ** B", "A"), ("A /= B", "A = A"), ("A + B", "A"),
           ("A + B", "B")),
    ),
    Kind(
        "one β for the other",
        OPTIMIZERS,
        ("beta1-in-both-*", "betas-swapped", "mu-*", "*-in-both-*"),
        (
            *_r(("BETA1", "BETA2"), ("BETA2", "BETA1"), ("A, B = X", "B, A = X")),
            Together(_r(("BETA1", "BETA2"), ("BETA2", "BETA1"), target="rest")),
            *(Together(_r(("BETA1", "BETA2"), target=target)) for target in ("V", "VH")),
            *(Together(_r(("BETA2", "BETA1"), target=target)) for target in ("M", "MH")),
            Together((*_r(("BETA1", "BETA2"), target="V"), *_r(("BETA2", "BETA1"), target="M"))),
        ),
    ),
    Kind(
        "β and 1 − β",
        OPTIMIZERS,
        ("*-and-one-minus-*-swapped",),
        (
            *(Together(_r((f"(1 - {b}) * A + {b} * B", f"{b} * A + (1 - {b}) * B"))) for b in ("BETA",)),
            *_r(("(1 - BETA) * A + BETA * B", "BETA * A + B"), ("(1 - BETA) * A + BETA * B", "BETA * A + (1 - BETA) * B")),
            *_r(("BETA", "1 - BETA"), ("1 - BETA", "BETA")),
        ),
    ),
    Kind(
        "a power of t",
        OPTIMIZERS,
        ("bias-correction-without-t", "beta-times-t", "difference-to-the-t", "divided-by-beta-to-the-t"),
        (
            Together(_r(("1 - BETA * T", "1 - BETA ** T"), ("1 - T * BETA", "1 - BETA ** T"))),
            Together(_r(("(1 - BETA) ** T", "1 - BETA ** T"))),
            Together(_r(("power(1 - BETA, T)", "(1 - power(BETA, T))"))),
            Together(_r(("X / BETA ** T", "X / (1 - BETA ** T)"))),
            Together(_r(("X / power(BETA, T)", "X / (1 - power(BETA, T))"))),
            Together(_r(("X / (1 - BETA)", "X / (1 - BETA ** T)"))),
            *_r(("X / (1 - BETA)", "X / (1 - BETA ** T)"), ("BETA * T", "BETA ** T")),
        ),
    ),
    Kind(
        "t that is off",
        OPTIMIZERS,
        ("t-*", "state-made-anew-each-step"),
        (
            *_r(("T = 1", "T = 0"), ("T = 0", "T = 1")),
            Together(_r(("BETA ** T", "BETA ** (T + 1)"), ("power(BETA, T)", "power(BETA, T + 1)"))),
            Together(_r(("BETA ** (T + 1)", "BETA ** T"))),
            moves.out_of_the_loop,
            moves.before_the_loop_counts,
            moves.order,
        ),
    ),
    Kind(
        "a bias correction that is missing",
        OPTIMIZERS,
        ("no-bias-correction", "only-*-corrected"),
        (
            *_both(("LR * M", "LR * (M / (1 - BETA1 ** T))")),
            Together(_r(("LR * M", "LR * (M / (1 - BETA1 ** T))"), ("sqrt(V)", "sqrt(V / (1 - BETA2 ** T))"))),
            Together(_r(("LR * M", "LR * (M / (1 - BETA1 ** T))"), ("V ** 0.5", "(V / (1 - BETA2 ** T)) ** 0.5"))),
            *_r(("MH = M", "MH = M / (1 - BETA1 ** T)"), ("VH = V", "VH = V / (1 - BETA2 ** T)")),
            *_r(("sqrt(V)", "sqrt(V / (1 - BETA2 ** T))"), ("M / X", "M / (1 - BETA1 ** T) / X")),
            *_r(("M", "M / (1 - BETA1 ** T)"), ("V", "V / (1 - BETA2 ** T)")),
            *_r(("M", "M / (1 - math.pow(BETA1, T))")),
        ),
    ),
    Kind(
        "one array for another",
        OPTIMIZERS,
        ("gradient-in-place-of-m", "v-from-*", "corrected-moments-stored", "decay-on-the-wrong-tensor",
         "old-gradient-in-place-of-*", "velocity-not-kept"),
        (
            *_r(("G", "MH"), ("G", "S"), ("G", "W"), ("W", "G"), ("MH", "M"), ("VH", "V")),
            Together(_r(("MH", "M"), ("VH", "V"), at="term")),
            *_r(("M", "G"), ("MH", "G"), target="V"),
            *_r(("abs(G)", "G ** 2"), ("norm(G) ** 2", "G ** 2"), ("norm(G)", "G")),
            *_r(("G", "G ** 2"), target="V"),
            *_r(("A * G", "A * G ** 2"), ("A * (G)", "A * G ** 2"), target="V"),
            Together(_r(("A = B = X", "A = X"))),
            Together(_r(("A = M = X", "A = X"), ("A = V = X", "A = X"))),
        ),
    ),
    Kind(
        "an ε in the wrong place",
        OPTIMIZERS,
        ("eps-*", "no-eps"),
        (
            *_r(("sqrt(X + EPS)", "sqrt(X) + EPS"), ("sqrt(X + NUMBER)", "sqrt(X) + NUMBER")),
            *_r(("(X + EPS) ** 0.5", "X ** 0.5 + EPS"), ("A / B + EPS", "A / (B + EPS)"), ("A / sqrt(X)", "A / (sqrt(X) + EPS)")),
            *_r(("A / X ** 0.5", "A / (X ** 0.5 + EPS)"), ("A / VH", "A / (VH + EPS)"), ("sqrt(X)", "sqrt(X) + EPS")),
        ),
    ),
    Kind(
        "a root that is missing",
        OPTIMIZERS,
        ("no-root-over-v", "v-corrected-outside-the-root"),
        (
            *_r(("H + EPS", "sqrt(H) + EPS"), ("V + EPS", "sqrt(V) + EPS"), ("X + EPS", "sqrt(X) + EPS")),
            *_r(("H + EPS", "H ** 0.5 + EPS"), ("X + EPS", "X ** 0.5 + EPS")),
            *_r(("sqrt(X) / U", "sqrt(X / U)"), ("sqrt(X) / (1 - A)", "sqrt(X / (1 - A))"), ("X ** 0.5 / (1 - A)", "(X / (1 - A)) ** 0.5")),
        ),
    ),
    Kind(
        "decay in the wrong place",
        OPTIMIZERS,
        ("weight-decay-ignored", "decay-outside-the-gradient", "decay-in-the-gradient", "no-decay", "decay-inside-*",
         "decay-without-gradient", "decay-twice", "weight-decay-sign", "decay-on-*"),
        (
            *(
                Together(_r(("X + WD * W", "X"), pair, target="rest"))
                for pair in (("W -= LR * X", "W -= LR * (X + WD * W)"), ("W -= X", "W -= LR * WD * W + X"),
                             ("W = W - X", "W = W - LR * WD * W - X"), ("W.data -= X", "W.data -= LR * WD * W + X"))
            ),
            *_r(("A = G", "A = G + WD * W"), ("G", "G + WD * W")),
            *_r(("G + WD * W", "G"), ("X + WD * W", "X")),
            *_r(("W -= X", "W -= LR * WD * W + X"), ("W - X", "W - LR * WD * W - X"), ("W - X", "W * (1 - LR * WD) - X")),
            *_r(("LR * (X + WD * W) / U", "LR * (X / U + WD * W)")),
            moves.drop,
            moves.order,
            moves.decay_after_the_guard,
        ),
    ),
    Kind(
        "the larger of two",
        ALL,
        ("amsgrad", "below-half-turned-over", "one-class-given-a-number", "clamped-*", "*-clamped-*", "absolute-*",
         "perplexity*", "eps-*", "picked-logits-summed", "n-by-n-broadcast", "log-target-confused", "softmax-twice",
         "finite-where-*", "tied-ranks-*", "scores-rounded-*", "ranks-from-0", "log-clamped-*", "infinity-*"),
        (
            *_r(("maximum(A, B)", "B"), ("maximum(A, B)", "A"), ("max(A, B)", "A"), ("max(A, B)", "B"), ("min(A, B)", "A")),
            *_r(("min(max(A, B), C)", "A"), ("max(min(A, B), C)", "A"), ("minimum(A, B)", "A")),
            *_r(("clip(X, *R)", "X"), ("abs(X)", "X"), ("exp(X)", "X"), ("sum(X)", "X"), ("sum(X, *R)", "X")),
            *_r(("A + B", "A"), ("A - B", "A"), ("A & B", "A"), ("A[:1]", "A"), ("softmax(X, *R)", "X"), ("round(X, *R)", "X")),
            moves.drop,
            moves.drop_keyword,
        ),
    ),
    Kind(
        "a step that is lost",
        OPTIMIZERS,
        ("parameter-rebound", "update-lost"),
        (
            *_r(("A = A - X", "A -= X"), ("A = A - X", "A.data -= X"), ("A = A - X", "A.data = A.data - X")),
            *_r(("A = A - X", "A[:] = A - X"), ("A = A - X", "A[...] = A - X")),
        ),
    ),
    Kind(
        "an array changed in place",
        ALL,
        ("input-changed-in-place", "gradient-overwritten", "moments-of-another-dtype", "m-and-v-the-same-list"),
        (
            Together(_r(("A /= X", "A = A / X"), ("A -= X", "A = A - X"), ("A += X", "A = A + X"))),
            *_r(("A += X", "A = A + X"), ("A.add_(*R)", "A.add(*R)"), ("A.add_(X)", "A.add(X)")),
            *_r(("A = G", "A = G.clone()"), ("A = G", "A = G.copy()"), ("zeros(X.shape)", "zeros_like(X)"), ("A = X", "A = X.clone()")),
            Together(_r(("zeros(X.shape)", "zeros_like(X)"))),
        ),
    ),
    Kind("a graph that grows", OPTIMIZERS, ("graph-grows", "parameter-rebound"), (moves.no_grad,)),
    Kind("a gradient that may be missing", OPTIMIZERS, ("crash-on-missing-gradient", "zero-grad-*"), (moves.skip_missing,)),
    Kind(
        "a generator walked twice",
        OPTIMIZERS,
        ("params-generator-exhausted",),
        _r(("self.NAME = W", "self.NAME = list(W)"), ("self.NAME = W", "self.NAME = W = list(W)"), ("super().__init__(W)", "super().__init__(list(W))"), target="init"),
    ),
    Kind("zero_grad", OPTIMIZERS, ("zero-grad-does-nothing", "zero-grad-*"), (moves.forget_gradients,)),
    Kind(
        "not all parameters",
        OPTIMIZERS,
        ("only-the-*-parameter", "only-one-group", "options-of-another-group"),
        (
            moves.out_of_the_loop,
            *_r(("A[:1]", "A"), ("[A[0]]", "A"), ("self.param_groups[0]", "group"), ("self.param_groups[-1]", "group")),
            *_r(("self.defaults", "group")),
            moves.last_of_a_dict,
        ),
    ),
    Kind("one state for all", OPTIMIZERS, ("one-*-for-all-parameters", "state-appended-*"), (moves.state_for_each,)),
    Kind("the order of statements", OPTIMIZERS, ("*-after-the-step", "nadam", "decay-after-*", "state-*"), (moves.order,)),
    # ---- losses
    Kind(
        "0 · log 0",
        LOSSES,
        ("zero-times-log-zero", "clamped-*", "eps-*", "finite-where-*", "log-of-*"),
        (
            *_r(("P * (log(P) - log(Q))", "xlogy(P, P) - xlogy(P, Q)"), ("P * log(P / Q)", "xlogy(P, P) - xlogy(P, Q)")),
            *_r(("A * (log(A) - log(B))", "xlogy(A, A) - xlogy(A, B)"), ("A * log(A / B)", "xlogy(A, A) - xlogy(A, B)")),
            *_r(("A * (A / B).log()", "xlogy(A, A) - xlogy(A, B)"), ("A * (log(A) - B)", "xlogy(A, A) - A * B")),
            Together(_r(("A * log(X)", "where(A > 0, A * log(X), 0.0)"), ("-A * log(X)", "where(A > 0, -A * log(X), 0.0)"))),
            Together(_r(("A * log(X)", "xlogy(A, X)"), ("-A * log(X)", "-xlogy(A, X)"))),
            *_r(("A * (log(X) - B)", "where(A > 0, A * (log(X) - B), 0.0)"), ("A * (B - log(X))", "where(A > 0, A * (B - log(X)), 0.0)")),
            *_r(("A * log(X)", "where(A > 0, A * log(X), 0.0)"), ("A * log(X / U) - A + B", "where(A > 0, A * log(X / U), 0.0) - A + B")),
            moves.filter_zeros,
        ),
    ),
    Kind(
        "a clamp or an ε",
        LOSSES,
        ("clamped-*", "eps-*", "*-clamped-*"),
        (
            Together(_r(("log(X + EPS)", "log(X)"), ("log(X + NUMBER)", "log(X)"))),
            Together(_r(("clip(X, *R)", "X"))),
            *_r(("log(clip(X, *R))", "log(X)"), ("clip(X, *R)", "X"), ("X + EPS", "X"), ("log(X + A)", "log(X)"), ("maximum(X, A)", "X")),
            Together(_r(("log(X + A)", "log(X)"))),
            Together(_r(("X + EPS", "X"))),
            moves.drop,
        ),
    ),
    Kind(
        "P and Q exchanged",
        (*LOSSES, *AUC),
        ("arguments-swapped", "weighted-by-q", "ratio-upside-down", "*-swapped", "sigmoid-*", "softmax-twice", "log-softmax-*",
         "logits-*", "gradient-upside-down"),
        (
            moves.exchange,
            *_r(("log(A / B)", "log(B / A)"), ("log(A) - log(B)", "log(B) - log(A)"), ("A / B", "B / A")),
            *_r(("P", "Q"), ("Q", "P"), ("Y", "Z"), ("Z", "Y"), ("Q", "Z"), ("Z", "P"), ("P", "Z"), ("NAME", "P"), ("NAME", "Z")),
        ),
    ),
    Kind(
        "an axis",
        (*LOSSES, *AUC),
        ("no-keepdim", "*-over-the-*", "*-whole-batch", "divided-by-columns", "mean-over-*", "n-by-n-*", "sum-over-rows",
         "*-over-all-elements*"),
        (
            Together(_r(("A / sum(X, *R)", "A / sum(X, *R, keep=True)"), ("A - max(X, *R)", "A - max(X, *R, keep=True)"),
                        ("A - log(sum(X, *R))", "A - log(sum(X, *R, keep=True))"))),
            *_r(("A / sum(X, *R)", "A / sum(X, *R, keep=True)"), ("A - max(X, *R)", "A - max(X, *R, keep=True)")),
            *(Together(_r((f"{f}(X, *R)", f"{f}(X, *R, keep=True)"))) for f in ("sum", "max", "mean")),
            Together(_r(("sum(X, *R)", "sum(X, *R, keep=True)"), ("max(X, *R)", "max(X, *R, keep=True)"))),
            Together(_r(("sum(X)", "sum(X, dim=-1, keep=True)"), ("max(X)", "max(X, dim=-1, keep=True)"))),
            *(Together(_r((f"{f}(X)", f"{f}(X, dim=-1, keep=True)"))) for f in ("sum", "max")),
            *(
                rule
                for f in ("sum", "max", "log_softmax", "softmax", "mean")
                for rule in _r((f"{f}(X, dim=0)", f"{f}(X, dim=-1)"), (f"{f}(X, 0)", f"{f}(X, -1)"),
                               (f"{f}(X, dim=0, *R)", f"{f}(X, *R, dim=-1)"), (f"{f}(X, 0, *R)", f"{f}(X, 1, *R)"))
            ),
            *_r(("X.shape[1]", "X.shape[0]"), ("X.size(1)", "X.size(0)"), ("mean(X)", "mean(sum(X, dim=-1))")),
            *_r(("mean(X)", "sum(X) / len(Y)"), ("mean(X)", "sum(X)"), ("sum(X)", "mean(X)"), ("mean(X)", "sum(X, dim=-1)")),
            moves.drop_keyword,
        ),
    ),
    Kind(
        "a logarithm",
        LOSSES,
        ("log-*", "large-logits", "very-large-logits", "logits-taken-*", "probabilities-in-*", "quotient-of-logs", "weight-missing", "perplexity*", "softmax-*",
         "logits-not-*", "sigmoid-*", "exp-of-*", "one-minus-*", "terms-*", "only-*", "largest-*", "columns-*", "entropy-*"),
        (
            moves.log_of_softmax,
            moves.logs_from_the_start,
            *_r(("log(mean(X))", "mean(log(X))"), ("A * log(X) / log(U)", "A * (log(X) - log(U))")),
            *_r(("A * log(X) * B * log(U)", "A * log(X) + B * log(U)"), ("A * log(B) * (1 - A) * C", "A * log(B) + (1 - A) * C")),
            *_r(("(1 - Y) * log(A)", "(1 - Y) * log(1 - A)"), ("1 - log(X)", "log(1 - X)"), ("Y * log(A)", "Y * log(A) + (1 - Y) * log(1 - A)")),
            *_r(("(1 - A) * B + A * C", "A * B + (1 - A) * C")),
            *_r(("log(A / B)", "A * log(A / B)"), ("sum(log(X / U), *R)", "sum(X * log(X / U), *R)")),
            *_r(("softmax(X, *R)", "log_softmax(X, *R)"), ("sigmoid(X)", "softmax(X, dim=-1)")),
            *_r(("log(Z)", "log_softmax(Z, dim=-1)"), ("log(X)", "log_softmax(X, dim=-1)"), ("Z", "log_softmax(Z, dim=-1)")),
            *_r(("log(X[I])", "log_softmax(X, dim=-1)[I]"), ("Z[I]", "log_softmax(Z, dim=-1)[I]")),
            *_r(("log(X)", "X"), ("Q", "log(Q)"), ("P", "log(P)"), ("A * B", "A * log(B)"), ("Z", "exp(Z)")),
            *_r(("log(1 + exp(X))", "logaddexp(0, X)"), ("log(1 + exp(X))", "softplus(X)")),
            Together(_r(("log(1 + exp(X))", "softplus(X)"))),
            Together(_r(("log(1 + exp(X))", "logaddexp(0, X)"))),
            *_r(("A == 0", "A == 1"), ("A == 1", "A == 0")),
            *_r(("A[:, Y]", "A[range(len(Y)), Y]"), ("A[:, Y]", "A[arange(len(Y)), Y]"), ("max(X, *R).values", "X[range(len(Y)), Y]"),
                ("max(X, *R)", "X[range(len(Y)), Y]")),
            moves.log_of_a_quotient,
            moves.rename_function,
        ),
    ),
    Kind(
        "the largest logit",
        LOSSES,
        ("max-*", "log-of-*", "exp-of-*", "logits-*", "base-2-logarithm-of-the-normaliser", "softmax-*"),
        (
            moves.shift,
            moves.log_of_a_quotient,
            *_r(("log2(X)", "log(X)"), ("log10(X)", "log(X)")),
            *_r(("max(X)", "max(X, dim=1, keep=True)"), ("A - B[I]", "A + C - B[I]"), ("NAME", "log_softmax(NAME, dim=-1)")),
            Together(_r(("max(X)", "max(X, dim=1, keep=True)"))),
        ),
    ),
    Kind("a detached graph", LOSSES, ("detached-*",), (moves.without_the_block,)),
    Kind(
        "a temperature",
        LOSSES,
        ("temperature-*", "only-one-softened"),
        (
            *_r(("X * TAU", "X / TAU"), ("X * TAU", "X * TAU ** 2"), ("return X", "return X * TAU ** 2")),
            Together(_r(("X * TAU", "X / TAU"))),
            *_r(("softmax(X, *R)", "softmax(X / TAU, *R)"), ("log_softmax(X, *R)", "log_softmax(X / TAU, *R)")),
            Together(_r(("softmax(X, *R)", "softmax(X / TAU, *R)"), ("log_softmax(X, *R)", "log_softmax(X / TAU, *R)"))),
            *_r(("X", "X * TAU ** 2"), at="term"),
            Together(_r(("softmax(X, *R)", "softmax(X / TAU, *R)"), ("log_softmax(X, *R)", "log_softmax(X / TAU, *R)"),
                        ("return X", "return X * TAU ** 2"))),
            *_r(("TAU ** A", "TAU ** 2"), ("A ** B", "B ** A"), ("A * NUMBER", "A"), ("A * NUMBER", "A * TAU ** 2"),
                ("TAU * NUMBER", "TAU ** 2"), ("X * TAU * NUMBER", "X * TAU ** 2")),
        ),
    ),
    # ---- ROC AUC
    Kind(
        "ties",
        AUC,
        ("ties-*", "tied-*", "gini-*", "all-pairs"),
        (
            *_r(("mean(A >= B)", "mean((A > B) + 0.5 * (A == B))"), ("mean(A > B)", "mean((A > B) + 0.5 * (A == B))")),
            *_r(("double(A > B)", "double(A > B) + 0.5 * double(A == B)"), ("float(A > B)", "float(A > B) + 0.5 * float(A == B)")),
            *_r(("double(A >= B)", "double(A > B) + 0.5 * double(A == B)"), ("A >= B", "A > B")),
            *_r(("A > B", "(A > B) + 0.5 * (A == B)"), ("A >= B", "(A > B) + 0.5 * (A == B)")),
            *_r(("mean(sign(X))", "(mean(sign(X)) + 1) / 2"), ("A / (A + B)", "(A + 0.5 * (1 - A - B)) / 1")),
            moves.ties_of_a_sum,
            moves.half_for_ties,
            moves.drop_keyword,
            moves.both_sides,
        ),
    ),
    Kind(
        "labels",
        AUC,
        ("labels-*", "positive-and-*", "*-swapped", "one-class-*"),
        (
            *_r(("astype(X, bool)", "X > 0"), ("A == 0", "A == 1"), ("A == 1", "A == 0"), ("1 - X", "X"), ("A > B", "A < B")),
            Together(_r(("A == 0", "A == 1"), ("A == 1", "A == 0"))),
            Together(_r(("A > B", "A < B"))),
        ),
    ),
    Kind(
        "a count of pairs",
        AUC,
        ("divided-by-*", "own-pairs-*", "pairs-won-*", "ranks-from-0", "int-overflow", "only-pairs-*", "descending-*"),
        (
            *_r(("A - B * (B - 1) / 2", "A - B * (B + 1) / 2"), ("A - 1", "A"), ("range(A + 1, B)", "range(B)")),
            *_r(("A / B", "(A - NAME * (NAME + 1) / 2) / B")),
            Together(_r(("A.int32", "A.int64"))),
            moves.pairs,
            moves.own_pairs,
        ),
    ),
    Kind("a division by 0", AUC, ("one-class-*",), (moves.one_class, *_r(("return NUMBER", 'return float("nan")')))),
    Kind(
        "sorting",
        AUC,
        ("scores-*", "*-unsorted", "swept-*", "descending-*", "curve-*", "argsort-*", "thresholds-*", "ties-by-*",
         "input-changed-in-place"),
        (
            moves.drop,
            *_r(("A.sort()", "A = sort(A)"),
                ("argsort(X) + 1", "(searchsorted(sort(X), X, 'left') + searchsorted(sort(X), X, 'right') + 1) / 2"),
                ("A[B] = arange(1, C)", "A[B] = (searchsorted(Z[B], Z[B], 'left') + searchsorted(Z[B], Z[B], 'right') + 1) / 2"),
                ("astype(A > NUMBER, U)", "A")),
            *_r(("sorted(X)", "sorted(X, reverse=True)"), ("rankdata(-X)", "rankdata(X)"), ("unique(X)[::-1]", "append(inf, unique(X)[::-1])")),
            moves.thresholds,
        ),
    ),
)  # fmt: skip
"""In the order in which equals are tried."""
