# contained: forbidden. off: succeeds
import socket


def attack(target):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect("\0" + target["abstract"])
        connection.sendall(b"hit")
    return True
