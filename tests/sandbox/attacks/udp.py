# contained: forbidden. off: succeeds
import socket


def attack(target):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        return sender.sendto(b"hit", ("127.0.0.1", target["udp"])) == 3
