# contained: forbidden. off: not shown, for it would ask a name server of the internet
import socket


def attack(target):
    return len(socket.getaddrinfo("byhand-attack.example.org", 80)) > 0
