# contained: forbidden. off: succeeds
import socket


def attack(target):
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as asker:
        asker.bind((0, 0))
    return True
