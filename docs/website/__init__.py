"""The site: ``make docs`` writes it into ``site/``, English at the top and Chinese in ``site/zh/``.

Every page is made from what exists: the pages of ``docs/``, the formulas, the pages of mistakes, the public
docstrings. Both languages have a page at each address, so that a page's other language is always one click away.

- ``pages.py`` is the list of all pages, in the order of the navigation; ``texts.py`` has the words in two languages.
- ``markdown.py`` makes of a page that reads well in the repository one of the site: its links, its lists.
- ``formulas.py``, ``mistakes.py``, ``reference.py`` write what is generated. ``programs.py`` runs both programs of a
  mistake; where a page has no line of the formula, ``learners.py`` has a learner's program judged.
- ``building.py`` hands the pages to Zensical; ``theme/`` and ``assets/`` are what is our own of its look.
- ``links.py`` checks the links and the addresses of the finished site. ``__main__.py`` does all this.
"""

from pathlib import Path

ROOT = Path(__file__).parents[2]
"""The repository."""
SUFFIX = ".zh-CN"
"""In the names of the repository's Chinese pages, before their ending."""
