# contained: forbidden. off: succeeds
from multiprocessing.shared_memory import SharedMemory


def attack(target):
    memory = SharedMemory(create=True, size=64)
    memory.close()
    memory.unlink()
    return True
