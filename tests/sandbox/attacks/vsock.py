# contained: forbidden. off: succeeds, or error
import socket


def attack(target):
    socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM).close()  # an error without the layers: the kernel has none
    return True
