"""The local page of ``byhand practice --web``.

- ``serve.py`` finds a port, starts the server and opens the browser.
- ``security.py`` is what every request passes first: the token, the host, the origin; and the headers of every answer.
- ``app.py`` has the addresses; ``state.py`` what the page shows of exercises, drafts, hunts and exams.
- ``workers.py`` keeps a process for each tab, in which ``worker.py`` judges; ``verdicts.py`` and ``pictures.py`` make
  of a report what the page draws. Only these processes import torch, so that the page is there at once.
- ``statements.py`` typesets texts. ``static/`` is the front end: plain ES modules, no build step. Its one bundle,
  CodeMirror, is made by ``make web``.
"""
