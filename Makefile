# Everything runs from a clean clone: set-up is a step of each target.
.PHONY: setup demo test lint faults soak

PYTHON ?= python3

setup:
	@$(PYTHON) tools/setup.py

demo: setup
	@.venv/bin/python -m simulation demo

test: setup
	@.venv/bin/python -m tests.processes

lint: setup
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/mypy policy/*.py

# What comes of every fault at every call to Adobe, and a long run under random ones.
faults: setup
	@.venv/bin/python -m tests.faulty_runs table

soak: setup
	@.venv/bin/python -m tests.faulty_runs soak 200
