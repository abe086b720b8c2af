# contained: forbidden. off: succeeds
import socket


def attack(target):
    with socket.create_connection(("127.0.0.1", target["tcp"]), timeout=2) as connection:
        connection.sendall(b"hit")
    return True
