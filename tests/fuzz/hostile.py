"""Programs that try to get an undeserved verdict, to stop the judge, or to make it fail.

Each is a definition, right or wrong, with one hostile act: above it, in it, or around its result.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

RIGHT = """
import numpy as np

def cross_entropy(logits, labels):
{act}
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    {answer}(-np.mean(log_p[np.arange(len(labels)), labels]))
"""
WRONG = RIGHT.replace("-np.mean", "1.07 * -np.mean")
RIGHT_SGD = """
class SGD:
    def __init__(self, params, lr):
        self.params, self.lr = list(params), lr

    def step(self):
{act_deep}
        for p in self.params:
            if p.grad is not None:
                p.data -= self.lr * p.grad
        {answer}(None)
"""
WRONG_SGD = RIGHT_SGD.replace("self.lr * p.grad", "0.93 * self.lr * p.grad")
BASES = {"right": RIGHT, "wrong": WRONG, "right sgd": RIGHT_SGD, "wrong sgd": WRONG_SGD}

PATCHES = """
np.frombuffer = None
np.asarray = None
np.array = lambda *a, **k: 0
np.ndarray.__eq__ = None
np.ndarray.tobytes = None
torch.Tensor.numpy = lambda self: None
torch.Tensor.detach = lambda self: torch.zeros(())
torch.Tensor.__sub__ = lambda a, b: torch.zeros(())
torch.allclose = np.allclose = lambda *a, **k: True
torch.from_numpy = None
torch.set_grad_enabled = None
torch.autograd.backward = torch.Tensor.backward = lambda *a, **k: None
builtins.len = lambda x: 3
builtins.isinstance = lambda *a: True
builtins.issubclass = None
builtins.type = str
builtins.print = builtins.open = builtins.__import__ = None
builtins.list = builtins.tuple = builtins.dict = builtins.str = None
builtins.BaseException = builtins.Exception = int
builtins.getattr = lambda *a: a[-1]
json.loads = json.dumps = None
json.JSONEncoder.encode = lambda *a: '{'
json.encoder.c_make_encoder = None
struct.pack = struct.unpack = None
os.read = os.write = None
sys.stdout = sys.stderr = None
sys.modules.clear()
sys.settrace(lambda *a: 1 / 0)
sys.setprofile(lambda *a: 1 / 0)
sys.setrecursionlimit(40)
sys.excepthook = sys.displayhook = None
sys.path_hooks[:] = sys.meta_path[:] = sys.path[:] = []
linecache.cache = None
linecache.cache.clear()
gc.disable()
gc.callbacks.append(lambda *a: 1 / 0)
time.thread_time = None
traceback.extract_tb = traceback.walk_tb = None
dataclasses.is_dataclass = dataclasses.fields = None
re.compile = re.match = re.Pattern = None
warnings.warn = None
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGALRM, lambda *a: 1 / 0) or signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
threading.Thread(target=lambda: [None for _ in iter(int, 1)], daemon=True).start()
threading.excepthook = None
[setattr(m, k, None) for m in list(sys.modules.values()) for k in ('Machine', 'Values', 'Library') if hasattr(m, k)]
[vars(m).clear() for n, m in list(sys.modules.items()) if n.startswith('byhand')]
[f.f_globals.clear() for f in sys._current_frames().values()]
[o.clear() for o in gc.get_objects() if type(o) is dict and 'call' in o and 'load' in o]
[setattr(o, 'objects', {}) for o in found('Machine')]
[o.objects.clear() for o in found('Machine')]
[o.objects.update(dict.fromkeys(list(o.objects), 0)) for o in found('Machine')]
answer(lambda *a: ({'ok': True}, b''))
answer(lambda *a: ({'ok': True, 'leaves': [{'path': 1}]}, b''))
answer(lambda *a: ({'ok': True, 'leaves': 'x' * 9, 'peak': 'y'}, b''))
answer(lambda *a: ({'ok': True, 'dtype': 'f8', 'shape': ['3']}, bytes(24)))
answer(lambda *a: ({'ok': False, 'error': 'E' * 9999, 'message': chr(27) * 999, 'line': 10**18}, b''))
setattr(type(found('Values')[0]), 'array', lambda *a: type('A', (), dict(dtype='f8', shape=(-1,), data=b''))())
[os.write(d, b'BYH1' + bytes(28)) for d in range(3, 1024) if os.path.exists(f'/proc/self/fd/{d}')]
[os.write(d, b'BYH1' + b'\\xff' * 400) for d in range(3, 1024) if not os.get_blocking(d) or True]
[os.close(d) for d in range(3, 1024)]
os.closerange(0, 1024)
os.dup2(1, 2)
os.write(1, b'x' * 200000)
os.write(1, b'\\x1b]52;c;QQ==\\x07' * 99)
os._exit(0)
os._exit(1)
os.abort()
os.kill(os.getpid(), 9)
os.kill(os.getppid(), 9)
os.kill(-1, 9)
sys.exit()
sys.exit('right')
ctypes.string_at(0)
ctypes.memset(id(None), 0, 16)
atexit.register(lambda: time.sleep(99))
time.sleep(99)
time.sleep(0.8)
[None for _ in iter(int, 1)]
(lambda f: f(f))(lambda f: f(f))
bytearray(1 << 40)
[bytearray(1 << 26) for _ in range(99)]
[x.append(x) for x in [[]] for _ in range(10**9)]
torch.zeros(1 << 40)
9 ** 9 ** 9
str(10 ** 5000)
print('x' * 10**6)
[print('right') for _ in iter(int, 1)]
[threading.Thread(target=time.sleep, args=(99,)).start() for _ in range(2000)]
os.fork()
subprocess.run(['true'])
socket.socket()
open('/etc/passwd').read()
open('/tmp/byhand-was-here', 'w')
__import__('byhand.formulas')
exec('raise KeyboardInterrupt')
exec('raise GeneratorExit')
exec('raise SystemExit(0)')
exec('raise BaseException(1)')
exec('raise type(chr(27) + "[31m" + "E" * 9999, (Exception,), {})("<script>alert(1)</script>[red]")')
exec('raise type("E", (Exception,), {"__str__": lambda s: 1 / 0})()')
exec('raise type("E", (Exception,), {"__str__": lambda s: "x" * 10**8})()')
exec('raise type("E", (Exception,), {"__repr__": lambda s: time.sleep(99)})()')
exec('raise type("E", (Exception,), {"__class__": property(lambda s: 1 / 0)})()')
exec('raise ExceptionGroup("g", [ValueError(i) for i in range(9999)])')
exec('raise MemoryError')
exec('raise RecursionError')
exec('raise StopIteration')
""".strip().split("\n")
"""One-line statements; their imports are placed above them."""

ANSWERS = """
return
return 1 and
return (lambda x: float('nan'))
return (lambda x: None)
return (lambda x: [x] * 99)
return (lambda x: [[[[[[[[[[x]]]]]]]]]])
return (lambda x: {i: x for i in range(9999)})
return (lambda x: 10 ** 5000)
return (lambda x: 'x' * 10**7)
return (lambda x: np.zeros(1 << 23))
return (lambda x: np.array([object()]))
return (lambda x: np.array(['0.5']))
return (lambda x: np.array(x, dtype=np.complex128))
return (lambda x: np.longdouble(x))
return (lambda x: np.datetime64('2020'))
return (lambda x: torch.tensor(x).to_sparse())
return (lambda x: torch.tensor(x, device='meta'))
return (lambda x: (y for y in [x]))
return (lambda x: type('F', (float,), {'__eq__': lambda *a: True, '__sub__': lambda *a: 0.0})(x))
return (lambda x: type('N', (np.ndarray,), {'__eq__': lambda *a: True, 'dtype': property(lambda s: 1 / 0)})((3,)))
return (lambda x: type('T', (torch.Tensor,), {'__torch_function__': classmethod(lambda *a, **k: True)})([0.5]))
return (lambda x: type('A', (), {'__array__': lambda *a, **k: 1 / 0, 'shape': (), 'dtype': 'float64'})())
return (lambda x: type('A', (), {'__getattr__': lambda *a: 1 / 0})())
return (lambda x: type('A', (), {'__class__': property(lambda s: float)})())
return (lambda x: type('D', (dict,), {'items': lambda s: iter(int, 1), '__len__': lambda s: -1})(a=x))
return (lambda x: type('L', (list,), {'__iter__': lambda s: iter(int, 1), '__getitem__': lambda s, i: s})([x]))
return (lambda x: type('T', (tuple,), {'_fields': ('a',) * 10**6})((x,)))
return (lambda x: type('I', (int,), {'__index__': lambda s: 1 / 0, '__float__': lambda s: 'x'})(3))
return (lambda x: type('Right', (), {'__repr__': lambda s: 'right'})())
return (lambda x: [l := [x], l.append(l), l][-1])
""".strip().split("\n")
"""Code that is placed before the returned value."""
MODULES = "np=numpy torch builtins json struct os sys linecache gc time traceback dataclasses re warnings signal"
IMPORTS = "\n".join(
    f"import {word.partition('=')[2]} as {word.partition('=')[0]}" if "=" in word else f"import {word}"
    for word in f"{MODULES} threading subprocess socket ctypes atexit".split()
)
HANDLES = """
def found(kind):
    return [o for o in gc.get_objects() if type(o).__name__ == kind]

def answer(made):
    for machine in found("Machine"):
        type(machine).request = made
"""
"""Ways in which a program can reach the machine that runs it."""


@dataclass(frozen=True)
class Hostile:
    """A program, what it tries, and whether it may be called right."""

    act: str
    where: str
    source: str
    right: bool


def programs(seed: int, count: int) -> Iterator[Hostile]:
    """That many programs, drawn by ``seed``, without duplicates."""
    rng = random.Random(seed)
    every = [(base, act, where) for base, act, where in product(BASES, PATCHES, ("above", "inside"))]
    every += [(base, act, "around") for base, act in product(("right", "wrong"), ANSWERS)]
    for base, act, where in rng.sample(every, count):
        inside = act if where == "inside" else "pass"
        answer = act if where == "around" else "return"
        parts = {"act": f"    {inside}", "act_deep": f"        {inside}", "answer": answer}
        head = f"{act}\n" if where == "above" else ""
        # In a class body, because at the top level only definitions, imports and constants are run.
        above = f"class Act:\n    {head}" if head else ""
        yield Hostile(
            act, where, f"{IMPORTS}\n{HANDLES}\n{above}{BASES[base].format(**parts)}", base.startswith("right")
        )
