# contained: error. off: succeeds
import sys


def attack(target):
    for name in [name for name in sys.modules if name.startswith("byhand")]:
        del sys.modules[name]
    sys.path.insert(0, target["source"])
    import byhand.formulas

    return bool(byhand.formulas.__doc__)
