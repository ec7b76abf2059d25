# Two commands do everything on a fresh machine:  make demo  ·  make test
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
PO     := $(wildcard src/conventions/locale/*/LC_MESSAGES/conventions.po)
MO     := $(PO:.po=.mo)

.PHONY: help demo test lint bench interop docs templates messages lock clean system system-tests

help:            ## Show these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 16

demo: $(READY) $(MO)            ## Run the main job on the examples and say where to look
	@$(BIN)/python -m demo

test: system-tests $(READY) $(MO) lint       ## Lint, type-check and run every test
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

lint: $(READY)            ## ruff, mypy and the import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

bench: $(READY) $(MO)            ## Measure speed and memory against other ways; BENCH="--large --save FILE"
	@$(BIN)/python -m bench.speed $(BENCH)

interop: $(READY) $(MO)          ## Ask the EU's validator and veraPDF about papers (needs Java 17 and Maven)
	@$(BIN)/python -m interop

templates: $(READY)       ## Build the shipped Word templates from their text
	@$(BIN)/python -m typesetting

docs: $(READY)            ## Write docs/rules.md from the rules, and the life of a paper from its table
	@CONVENTIONS_LANG=en $(BIN)/conventions explain --all --markdown > docs/rules.md
	@$(BIN)/python docs/life.py > docs/reference/life-of-a-paper.md

messages: $(READY)        ## Collect new sentences into the catalogues
	@$(BIN)/pybabel -q extract -k Text -k counted:1,2 -k translated --no-location --omit-header --sort-output -o .messages.pot src
	@for code in fr es de; do $(BIN)/pybabel -q update -D conventions -i .messages.pot -d src/conventions/locale \
	    -l $$code --omit-header --no-fuzzy-matching --ignore-obsolete; done; rm -f .messages.pot

lock: $(READY)            ## Pin every dependency anew (no registry is named in the files)
	@$(BIN)/pip-compile $(LOCK_OPTIONS) --extra dev -o requirements-dev.lock pyproject.toml
	@$(BIN)/pip-compile $(LOCK_OPTIONS) -c requirements-dev.lock -o requirements.lock pyproject.toml
LOCK_OPTIONS := --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
                --no-emit-options --allow-unsafe --strip-extras --no-header --quiet

clean:           ## Remove what was built (not your workspaces)
	rm -rf $(VENV) dist build demo-workspace $(MO)

system:          ## Install what the machine lacks (LibreOffice Writer, fonts, poppler)
	@PYTHON=$(PYTHON) setup/system.sh

system-tests:
	@PYTHON=$(PYTHON) setup/system.sh tests

$(READY): requirements-dev.lock pyproject.toml hatch_build.py setup/system.sh
	@PYTHON=$(PYTHON) setup/system.sh
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the Python packages …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(MO): $(PO) $(READY)
	@$(BIN)/python hatch_build.py
