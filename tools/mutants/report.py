"""What came of it: a table by file, and each mutant that no test noticed and no reason excuses."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .mutants import Mutant

ACCEPTED = "tests/mutants_accepted.toml"
LEAST_NOTICED = 0.95


@dataclass(frozen=True)
class Acceptance:
    """A mutant that need not be noticed."""

    file: str
    was: str
    became: str
    reason: str

    def covers(self, mutant: Mutant) -> bool:
        return (self.file, self.was, self.became) == (mutant.file, mutant.was, mutant.became)


def accepted(root: Path) -> list[Acceptance]:
    """The mutants of the reviewed list."""
    entries = tomllib.loads((root / ACCEPTED).read_text(encoding="utf-8"))["accepted"]
    return [Acceptance(**entry) for entry in entries]


def report(results: Sequence[tuple[Mutant, bool]], acceptances: Sequence[Acceptance]) -> int:
    """Print the table and what is to be done; returns the exit code."""
    survivors = [mutant for mutant, noticed in results if not noticed]
    unexplained = [mutant for mutant in survivors if not any(entry.covers(mutant) for entry in acceptances)]
    files = {mutant.file for mutant, _ in results}
    stale = [entry for entry in acceptances if entry.file in files and not any(entry.covers(mutant) for mutant in survivors)]
    total, noticed = Counter(m.file for m, _ in results), Counter(m.file for m, is_noticed in results if is_noticed)
    silent = Counter(mutant.file for mutant in unexplained)
    print(f"{'file':48} {'mutants':>8} {'noticed':>8} {'accepted':>9} {'survived':>9} {'noticed':>8}")
    for file in [*sorted(files), ""]:
        of = (total[file], noticed[file], silent[file]) if file else (len(results), noticed.total(), silent.total())
        count, seen, left = of
        print(f"{file or 'all':48} {count:8} {seen:8} {count - seen - left:9} {left:9} {seen / max(count, 1):8.1%}")
    for mutant in unexplained:
        print(f"survived: {mutant}")
    for entry in stale:
        print(f"{ACCEPTED} has a mutant that does not survive, or no longer exists: {entry.file}: {entry.became}")
    is_enough = noticed.total() >= LEAST_NOTICED * len(results)
    if not is_enough:
        print(f"fewer than {LEAST_NOTICED:.0%} were noticed")
    return 0 if is_enough and not unexplained and not stale else 1
