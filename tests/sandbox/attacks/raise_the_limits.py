# contained: error. off: succeeds
import resource


def attack(target):
    resource.setrlimit(resource.RLIMIT_AS, (1 << 45, resource.getrlimit(resource.RLIMIT_AS)[1]))
    return True
