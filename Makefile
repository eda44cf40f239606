# Everything runs from a clean clone: set-up is a step of each target.
.PHONY: setup develop demo picture report test test-all promises lint lock sbom drift faults soak lives bench verify-azure

# A container may keep Python from writing compiled files: each of hundreds of processes would compile the SDKs again.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
# Versions of the requirements that the tests run on: locked, lowest-direct or highest.
RESOLUTION ?= locked
FORMAT ?= text
# Folder of the evidence report.
OUTPUT ?= reports
# How many random lives of a stack `make lives` draws.
LIVES ?= 200
# How many rounds `make bench` measures; each takes about half a minute.
REPEAT ?= 5
SETUP = @$(PYTHON) -m tools.setup
# On the page of a run on GitHub; elsewhere only test-all measures it, which takes a third more time.
COVERAGE = $(if $(GITHUB_STEP_SUMMARY),--cov --cov-report=markdown-append:$(GITHUB_STEP_SUMMARY))
# What people read; spelling and prose are checked.
DOCUMENTS = $(wildcard *.md docs/*.md simulation/*.md tests/*/*.md)

# What running needs, in the locked versions with their hashes; likewise the policy pack's environment.
setup:
	$(SETUP) --retry-download

# Besides, what lint and tests use.
develop:
	$(SETUP) --development --retry-download

demo:
	$(SETUP)
	@.venv/bin/python -m simulation demo

# For the README: docs/demo.svg, what the demo prints, and docs/report.png, a report in Chromium.
picture:
	$(SETUP) --development
	@.venv/bin/python -m tools.picture
	@.venv/bin/python -m tools.report_picture

# On the engine what the engine alone shows; the rest of each matrix on Pulumi's mock engine.
test:
	$(SETUP) --development --resolution $(RESOLUTION)
	@.venv/bin/python -m tests.processes $(COVERAGE)

# Every scenario on the engine too, and the branch coverage of components/.
test-all:
	$(SETUP) --development --resolution $(RESOLUTION)
	@ALL_TESTS=1 COVERED_PROCESSES=subprocess .venv/bin/python -m tests.processes --cov --cov-report=term-missing $(COVERAGE)

# What the documentation promises, each on the engine, which there must be (tests/promises/README.md).
promises:
	$(SETUP) --development
	@ALL_TESTS=1 REQUIRE_PULUMI=1 .venv/bin/python -m tests.processes tests/promises

lint:
	$(SETUP) --development
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/basedpyright
	@.venv/bin/basedpyright --project policy
	@.venv/bin/codespell $(DOCUMENTS)
	@.venv/bin/proselint check $(DOCUMENTS)
	@.venv/bin/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@.venv/bin/check-jsonschema --quiet --builtin-schema vendor.dependabot .github/dependabot.yml
	@.venv/bin/check-jsonschema --quiet --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	@.venv/bin/check-jsonschema --quiet --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/*-report.yml \
		.github/ISSUE_TEMPLATE/*-request.yml
	@.venv/bin/check-jsonschema --quiet --regex-variant nonunicode --data-transform azure-pipelines \
		--builtin-schema vendor.azure-pipelines azure-pipelines.yml

# The newest versions of everything, with hashes, for every platform. What development installs has the versions of running.
lock:
	$(SETUP) --development
	@for lock in requirements-run requirements-dev policy/requirements-run; do \
		(cd $$(dirname $$lock) && "$(CURDIR)/.venv/bin/uv" pip compile --quiet --upgrade --universal --generate-hashes \
		--python-version 3.11 --custom-compile-command "make lock (uv pip compile --universal)" \
		--output-file $$(basename $$lock).txt $$(basename $$lock).in) || exit 1; done

# Bill of materials of what running needs (CycloneDX), from its lock file: sbom.json.
sbom:
	$(SETUP) --development
	@PYTHONWARNINGS=ignore .venv/bin/cyclonedx-py requirements --output-reproducible --pyproject pyproject.toml \
		--output-file sbom.json requirements-run.txt

# What changed behind Pulumi's back on a stack, classed by what it can cost; writes nothing. FORMAT=markdown or json.
# make ends with 2 after any failure: schedulers call the module, whose exit code is the class.
drift:
	$(SETUP)
	@.venv/bin/python -m operations.drift --stack "$(STACK)" --format $(FORMAT)

# The evidence report of a stack for an auditor and for Adobe's support: $(OUTPUT)/$(STACK).html, .md and .json.
report:
	$(SETUP)
	@.venv/bin/python -m operations.report --stack "$(STACK)" --output "$(OUTPUT)"

# What comes of every fault at every call to Adobe, and a long run under random ones.
faults:
	$(SETUP)
	@.venv/bin/python -m tests.faulty_runs table

soak:
	$(SETUP)
	@.venv/bin/python -m tests.faulty_runs soak 200

# What the program costs beside the minimal one, on the engine.
bench:
	$(SETUP)
	@.venv/bin/python -m tools.bench --repeat $(REPEAT)

# The program against the real Azure, in a subscription of yours, without a call to Adobe. It says first what it makes.
verify-azure:
	$(SETUP)
	@.venv/bin/python -m operations.verify_azure \
		$(if $(SUBSCRIPTION),--subscription $(SUBSCRIPTION)) $(if $(LOCATION),--location $(LOCATION))

# New random lives of a stack in the rehearsal: all that people and clouds do, with a good end.
lives:
	$(SETUP) --development
	@LIVES=$(LIVES) .venv/bin/python -m pytest -n 0 tests/lives
