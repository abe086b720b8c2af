# contained: forbidden. off: succeeds
import resource


def attack(target):
    limits = resource.prlimit(target["pid"], resource.RLIMIT_CORE)
    resource.prlimit(target["pid"], resource.RLIMIT_CORE, limits)
    return True
