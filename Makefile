# Everything runs from a clean clone: set-up is a step of each target.
.PHONY: setup develop demo test lint lock faults soak

PYTHON ?= python3
# Versions of the requirements that the tests run on: locked, lowest-direct or highest.
RESOLUTION ?= locked
SETUP = @$(PYTHON) -m tools.setup

setup:
	$(SETUP) --retry-download

# Besides, what lint and tests use, in the locked versions; and the policy pack's environment.
develop:
	$(SETUP) --development --retry-download

demo:
	$(SETUP)
	@.venv/bin/python -m simulation demo

test:
	$(SETUP) --development --resolution $(RESOLUTION)
	@.venv/bin/python -m tests.processes

lint:
	$(SETUP) --development
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/basedpyright
	@.venv/bin/basedpyright --project policy

# The newest versions of everything, with hashes, for every platform.
lock:
	$(SETUP) --development
	@for folder in . policy; do (cd $$folder && "$(CURDIR)/.venv/bin/uv" pip compile --quiet --upgrade --universal \
		--generate-hashes --python-version 3.11 --custom-compile-command "make lock" \
		--output-file requirements-dev.txt requirements-dev.in) || exit 1; done

# What comes of every fault at every call to Adobe, and a long run under random ones.
faults:
	$(SETUP)
	@.venv/bin/python -m tests.faulty_runs table

soak:
	$(SETUP)
	@.venv/bin/python -m tests.faulty_runs soak 200
