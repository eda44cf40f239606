"""A clock that is set by hand."""

from datetime import UTC, datetime, timedelta


class ManualClock:
    """Time passes only by sleeping."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        self.naps: list[float] = []

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.moment += timedelta(seconds=seconds)
