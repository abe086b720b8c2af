# contained: forbidden. off: succeeds
import threading


def attack(target):
    outcome = []

    def read():
        try:
            with open(target["canary"]) as file:
                outcome.append("secret" in file.read())
        except OSError as error:
            outcome.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    if isinstance(outcome[0], OSError):
        raise outcome[0]
    return outcome[0]
