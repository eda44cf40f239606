"""Run as `python -m tools.mutants [file or folder …]`; WORKERS sets how many mutants are tried at a time."""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from . import baseline, report, trial
from .mutants import Mutant, mutants_of

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("components/adobe", "components/safety")


def main(arguments: list[str]) -> int:
    """Try every mutant of the files and print what came of it; returns the exit code."""
    workers = int(os.environ.get("WORKERS") or 1)
    # The samples of `make test` would leave out the very case that notices.
    os.environ["ALL_TESTS"] = "off the engine"
    paths = [ROOT / name for name in arguments or FOLDERS]
    found = [file for path in paths for file in (path.rglob("*.py") if path.is_dir() else [path])]
    files = sorted(str(file.relative_to(ROOT)) for file in found)
    mutants = [mutant for file in files for mutant in mutants_of(ROOT, file)]
    print(f"mutants: {len(mutants)} in {len(files)} files; first the tests as they are", flush=True)
    with tempfile.TemporaryDirectory(prefix="mutants-") as scratch:
        taken = baseline.take(trial.copied(ROOT, Path(scratch) / "tree"), workers)
        results = _try_all(mutants, taken, workers, Path(scratch))
    return report.report(sorted(results, key=lambda result: (result[0].file, result[0].line)), report.accepted(ROOT))


def _try_all(mutants: list[Mutant], taken: baseline.Baseline, workers: int, scratch: Path) -> list[tuple[Mutant, bool]]:
    results: list[tuple[Mutant, bool]] = []
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=trial.settle, initargs=(ROOT, scratch)) as pool:
        pool.submit(trial.check, mutants[0].file, taken.quickest(set(taken.seconds))).result()
        trials = {}
        for mutant in mutants:
            tests = taken.tests_for(mutant, (ROOT / mutant.file).read_text(encoding="utf-8"))
            trials[pool.submit(trial.is_noticed, mutant, tests)] = mutant
        for number, tried in enumerate(as_completed(trials), 1):
            mutant, noticed = trials[tried], tried.result()
            results.append((mutant, noticed))
            if not noticed:
                print(f"[{number}/{len(mutants)}] not noticed: {mutant}", flush=True)
            elif number % 50 == 0:
                print(f"[{number}/{len(mutants)}]", flush=True)
    return results


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
