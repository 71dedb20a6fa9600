# PeaPOD: `make repro` runs everything on the bundled sample; `make help` lists what else there is.

SHELL := /bin/bash
.DEFAULT_GOAL := help
export DVC_NO_ANALYTICS := 1
export PYTHONUTF8 := 1

VENV := .venv
# The commands of dvc.yaml say `python`: it has to be this environment's, activated or not.
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
PYTHON := $(VENV)/bin/python
# And so it is where `.venv/bin/dvc` is called by its path: Python reads this line at its start (site, .pth).
PATH_FIRST := import os, sys; os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ.get("PATH", os.defpath)
STAMP := $(VENV)/requirements.stamp

.PHONY: help repro repository install deps test test-slow test-all check format check-params fuzz audit reproducible \
	chaos clean

help: ## list these targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## (.*)$$/\1|\2/' \
		| while IFS='|' read -r name text; do printf '  make %-14s %s\n' "$$name" "$$text"; done

repro: repository $(STAMP) check-params deps ## run whatever changed, from the raw reviews to the report
	$(PYTHON) -m dvc repro
	@echo "report: $(CURDIR)/report/index.html"

repository:
	@says="$$(LC_ALL=C git rev-parse --git-dir 2>&1 >/dev/null)" || { printf '%s\n' \
		"error: DVC works in a git repository, and git says: $$says" \
		"A downloaded ZIP becomes one by: git init && git add -A && git commit -m 'PeaPOD as downloaded'" >&2; exit 1; }

install: $(STAMP) ## make .venv with everything that requirements.txt pins

# Installed anew only when requirements.txt changed. Python 3.11 and 3.12 fit requires-python.
$(STAMP): requirements.txt constraints.txt
	@set -e; \
	if [ ! -x $(PYTHON) ]; then \
		for python in python3.11 python3.12 python3; do \
			if command -v $$python >/dev/null && \
				$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null; then \
				echo "$$python -m venv $(VENV)"; $$python -m venv $(VENV); break; \
			fi; \
		done; \
	fi; \
	if [ ! -x $(PYTHON) ]; then echo "error: Python 3.11 or 3.12 wanted, none found" >&2; exit 1; fi
	$(PYTHON) -m pip install --quiet --disable-pip-version-check -r requirements.txt -c constraints.txt
	@echo '$(PATH_FIRST)' >"$$($(PYTHON) -c 'import site; print(site.getsitepackages()[0])')/peapod_path.pth"
	@touch $@

# Two processes of one thread each; a file's tests stay together, since they share what is slow to make.
test: $(STAMP) ## tests with their coverage of pipeline/, but for the slow ones
	OMP_NUM_THREADS=1 $(PYTHON) -m pytest -m "not slow" -n 2 --dist loadfile --cov=pipeline \
		--cov-report=term-missing:skip-covered --cov-fail-under=85

test-slow: $(STAMP) ## the slow tests alone: whole trainings, experiments run by DVC
	OMP_NUM_THREADS=1 $(PYTHON) -m pytest -m slow -n 2 --dist loadfile

test-all: test test-slow ## every test, as CI runs them

deps: $(STAMP) ## write into dvc.yaml what code each stage depends on
	$(PYTHON) -m tools.dvc_deps

check: $(STAMP) ## lint, formatting, types, and dvc.yaml's code
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(PYTHON) -m tools.dvc_deps --check

format: $(STAMP) ## mend formatting and what lint can mend by itself
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

check-params: $(STAMP) ## all faults of params.yaml at once
	$(PYTHON) -m tools.check_params

fuzz: $(STAMP) ## feed broken input to every reader, 10 seconds each; 1 on findings
	$(PYTHON) -m tests.hardening.fuzz --seconds 10

audit: $(STAMP) ## ask public databases about the pins; needs network (.ci/audit: 0 none, 1 some, 3 not asked)
	.ci/audit

reproducible: $(STAMP) ## run every stage anew and compare with what is committed
	$(PYTHON) -m tools.check_reproducible

chaos: $(STAMP) ## kill stages at random moments, compare with an undisturbed run (about 15 minutes at most)
	$(PYTHON) -m tests.hardening.chaos

clean: ## remove caches of tools; .venv, data and models stay
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +
