"""Programs for older versions of Python, NumPy and SciPy find the names that these had."""

import ast

import pytest

from byhand.sandbox.machine import Machine
from byhand.sandbox.older_names import gone

PROGRAMS = {
    "SciPy had NumPy's functions": "import scipy as sp\n\ndef f(x):\n    return float(sp.log(sp.array([x])).sum())\n",
    "renamed in a module of SciPy": "import scipy.integrate as si\n\ndef f(x):\n    return si.trapz([x, x], [0, 1])\n",
    "imported from a module of SciPy": "from scipy.integrate import simps\n\ndef f(x):\n    return simps([x, x, x])\n",
    "moved between modules of SciPy": "from scipy.misc import logsumexp\n\ndef f(x):\n    return logsumexp([x, x])\n",
    "built into Python 2": "def f(x):\n    return sum(x for _ in xrange(3))\n",
    "imported for Python 2 and 3": "try:\n    from past.builtins import xrange\nexcept ImportError:\n    pass\n\n"
    "def f(x):\n    return sum(x for _ in xrange(3))\n",
}


@pytest.mark.parametrize("kind", PROGRAMS)
def test_an_older_name_is_there(kind):
    machine = Machine()
    answer, _ = machine.request({"op": "load"}, PROGRAMS[kind].encode())
    assert answer["ok"], answer
    answer, _ = machine.request({"op": "call", "out": "r", "function": "f", "args": [1.5]})
    assert answer["ok"], answer


def test_modules_of_a_program_find_them_too():
    machine = Machine()
    machine.request({"op": "module", "name": "older_helper"}, b"def g(x):\n    return sum(x for _ in xrange(3))\n")
    answer, _ = machine.request({"op": "load"}, b"from older_helper import g\n\ndef f(x):\n    return g(x)\n")
    assert answer["ok"], answer
    answer, _ = machine.request({"op": "call", "out": "r", "function": "f", "args": [1.5]})
    assert answer["ok"], answer


@pytest.mark.parametrize(
    ("text", "imports", "names"),
    [
        ("np.trapz(y, x) + np.sum(y)", {"np": "numpy"}, ["np.trapz"]),
        ("np.float(x)", {}, ["np.float"]),
        ("sp.log(x)", {"sp": "scipy"}, ["sp.log"]),
        ("sp.log(x)", {"sp": "sympy"}, []),
        ("sp.special.log1p(x)", {"sp": "scipy"}, []),
        ("trapz(y, x)", {"trapz": "scipy.integrate.trapz"}, ["trapz"]),
        ("trapz(y, x)", {}, []),
        ("scipy.misc.logsumexp(x)", {"scipy": "scipy"}, ["scipy.misc.logsumexp"]),
        ("xrange(n)", {}, ["xrange"]),
    ],
)
def test_the_older_names_are_told(text, imports, names):
    assert gone(ast.parse(text), imports) == names
