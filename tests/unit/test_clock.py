from datetime import UTC, datetime, timedelta

import pytest

from components.adobe.api.clock import SystemClock, azure_time, sleep_aloud
from tests.clock import ManualClock


@pytest.mark.parametrize(
    ("seconds", "told", "naps"),
    [(65.0, [65, 35, 5], [30, 30, 5]), (30.0, [30], [30]), (0.5, [0.5], [0.5]), (0.0, [], []), (-1.0, [], [])],
)
def test_a_long_pause_is_told_at_its_start_and_every_half_minute(
    seconds: float, told: list[float], naps: list[float]
) -> None:
    clock, said = ManualClock(), list[float]()
    sleep_aloud(clock, seconds, said.append)
    assert said == told
    assert clock.naps == naps


@pytest.mark.parametrize(
    ("text", "microseconds"),
    [
        ("2026-11-23T10:15:00.1234567Z", 123456),
        ("2026-11-23T10:15:00.123456Z", 123456),
        ("2026-11-23T10:15:00Z", 0),
        ("2026-11-23T10:15:00", 0),
        ("2026-11-23T11:15:00.5000000+01:00", 500000),
    ],
)
def test_azures_time_stamps_are_read_with_their_seven_digits(text: str, microseconds: int) -> None:
    moment = azure_time(text)
    assert moment == datetime(2026, 11, 23, 10, 15, 0, microseconds, tzinfo=UTC)
    assert moment.utcoffset() is not None


@pytest.mark.parametrize("text", ["", "yesterday", "None"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"isoformat"):
        azure_time(text)


def test_the_machines_clock_knows_its_zone() -> None:
    assert abs(SystemClock().now() - datetime.now(UTC)) < timedelta(minutes=1)
