"""Tries a mutant: its tests run in a fork of a process that has imported the libraries, and nothing of this project."""

from __future__ import annotations

import compileall
import importlib
import math
import multiprocessing
import os
import resource
import shutil
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import settings

from .mutants import Mutant

# What takes the time of a start.
_LIBRARIES = (
    "hypothesis.strategies",
    "pulumi_azure_native.authorization",
    "pulumi_azure_native.keyvault",
    "pulumi_azuread",
    "requests",
    "unittest.mock",
)
# A mutant may go round for ever, or fill the memory: seconds for a test beside a multiple of what it took, and bytes.
PATIENCE, MULTIPLE = 10.0, 5.0
MEMORY = 2 << 30
_NOT_COPIED = (
    ".git", ".venv", ".simulation", ".hypothesis", "__pycache__", ".pytest_cache", ".ruff_cache", ".uv", "node_modules",
)  # fmt: skip


class _Chosen:
    """Runs the chosen tests alone, in their order; SIGALRM ends the process at a test that hangs."""

    def __init__(self, tests: Mapping[str, float]) -> None:
        self._seconds = tests
        self._rank = {test: number for number, test in enumerate(tests)}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted((item for item in items if item.nodeid in self._rank), key=lambda item: self._rank[item.nodeid])

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        _wake_after(self._seconds[item.nodeid])


def _wake_after(seconds: float) -> None:
    signal.alarm(math.ceil(PATIENCE + MULTIPLE * seconds))


def copied(root: Path, tree: Path) -> Path:
    """A copy of the repository, compiled, without what lies in it for one machine; the virtual environment is shared."""
    shutil.copytree(root, tree, ignore=shutil.ignore_patterns(*_NOT_COPIED), symlinks=True)
    compileall.compile_dir(tree, quiet=1)
    (tree / ".venv").symlink_to(Path(sys.prefix))
    return tree


def settle(root: Path, scratch: Path) -> None:
    """Give this process a copy of the repository for its own."""
    tree = copied(root, scratch / str(os.getpid()))
    os.chdir(tree)
    sys.path[:] = [str(tree), *(path for path in sys.path if path not in ("", str(root)))]
    sys.dont_write_bytecode = True
    settings.register_profile("mutants", derandomize=True, database=None)
    settings.load_profile("mutants")
    for name in _LIBRARIES:
        importlib.import_module(name)


def check(file: str, tests: Mapping[str, float]) -> None:
    """See that the tests pass here over what is not changed at all."""
    source = Path(file).read_text(encoding="utf-8")
    if is_noticed(Mutant(file, 1, source, "", ""), tests):
        raise RuntimeError("tests fail without a mutant when they run in the order of their time")


def is_noticed(mutant: Mutant, tests: Mapping[str, float]) -> bool:
    """Whether a test fails, or hangs, over the mutant.

    :param tests: seconds that each took without it, in the order in which they are to run.
    """
    if not tests:
        return False
    path = Path(mutant.file)
    original = path.read_text(encoding="utf-8")
    path.write_text(mutant.source, encoding="utf-8")
    try:
        run = multiprocessing.get_context("fork").Process(target=_run, args=(tests,))
        run.start()
        run.join()
        # What the tests started.
        with suppress(ProcessLookupError):
            os.killpg(run.pid or 0, signal.SIGKILL)
    finally:
        path.write_text(original, encoding="utf-8")
    if run.exitcode == pytest.ExitCode.NO_TESTS_COLLECTED:
        raise RuntimeError(f"none of the tests was found: {', '.join(tests)}")
    return run.exitcode != pytest.ExitCode.OK


def _run(tests: Mapping[str, float]) -> None:
    os.setsid()
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    # The copy has modules of the same names.
    for name in [name for name in sys.modules if name.partition(".")[0] == "tools"]:
        del sys.modules[name]
    files = sorted({test.partition("::")[0] for test in tests})
    # Neither plugins nor rewritten assertions: who reads what a mutant's tests say?
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    options = ["-o", "addopts=", "-x", "-p", "no:cacheprovider", "--assert=plain", f"--basetemp={Path.cwd() / '.mutants'}"]
    _wake_after(PATIENCE)
    os._exit(pytest.main([*options, *files], plugins=[_Chosen(tests)]))
