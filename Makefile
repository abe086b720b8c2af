# Each word does everything on a machine that has Python 3.11 or newer, git and make.
PYTHON ?= python3
VENV   := .venv
RUN    := $(VENV)/bin

# The suite starts hundreds of Pythons; without compiled files each would compile all modules again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: practice tour test lint bench docs clinic hunts fuzz field ecosystem package web clean

practice: $(VENV)/.installed  ## the exercises on a local page: opens it, or prints its address
	$(RUN)/byhand practice --web

tour: $(VENV)/.installed  ## train, distil and evaluate on real data, beside torch and scikit-learn
	$(RUN)/byhand tour

test: $(VENV)/.installed  ## the suite: of long lists of cases a draw, or with ALL=1 every case, as in CI
	$(RUN)/pytest -n 2 --dist loadfile $(if $(ALL),,--draw)

lint: $(VENV)/.installed  ## ruff check, ruff format, mypy --strict
	$(RUN)/ruff check
	$(RUN)/ruff format --check
	$(RUN)/mypy

bench: $(VENV)/.installed  ## every peer in the same run, into docs/benchmarks.md; and the headline of the READMEs
	$(RUN)/python -m benchmarks --out docs
	$(RUN)/python -m benchmarks.render docs

docs: $(VENV)/.installed  ## the generated pages of docs/, and the site in site/, in two languages, its links checked
	$(RUN)/python docs/build.py
	PYTHONPATH=docs $(RUN)/python -m website

clinic: $(VENV)/.installed  ## every known mistake, shown to the judge: which name it gives
	$(RUN)/python -m byhand.judge.confusion

hunts: $(VENV)/.installed  ## every program that could be a bug hunt, shown to the judge: which can be handed out; half an hour
	$(RUN)/python -m byhand.practice.hunts.verify $(HUNTS)

fuzz: $(VENV)/.installed  ## odd files and hostile programs, through the reader, the command and the judge: half an hour
	PYTHONPATH=tests $(RUN)/python -m fuzz $(FUZZ)

field: $(VENV)/.installed  ## files as learners have them, through the judge: what it answers rightly
	PYTHONPATH=tests $(RUN)/python -m field $(FIELD)

ecosystem:  ## our optimizers and losses inside Lightning, transformers and others, beside torch's: into docs/ecosystem.md
	$(PYTHON) tests/ecosystem.py docs/ecosystem.md

package:  ## the wheel and the sdist in dist/, each installed and used
	$(PYTHON) tests/package.py

web:  ## the page's editor as one file, and axe-core for its tests, from the packages that web/ pins; this needs npm
	cd web && npm ci --ignore-scripts --no-audit --no-fund && npm run build

# torch is asked for by its exact version: a range would fetch the largest build there is.
$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "byhand needs Python 3.11 or newer, got " + sys.version)'
	$(PYTHON) -m venv $(VENV)
	$(RUN)/python -m pip install --quiet -c constraints.txt -e '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .hypothesis build site
