# Everything runs from a clean clone: set-up is a step of each target.
.PHONY: setup demo test lint

PYTHON ?= python3

setup:
	@$(PYTHON) tools/setup.py

demo: setup
	@.venv/bin/python -m simulation demo

test: setup
	@.venv/bin/python -m pytest

lint: setup
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
