# contained: forbidden. off: succeeds
import socket


def attack(target):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(target["unix"])
        connection.sendall(b"hit")
    return True
