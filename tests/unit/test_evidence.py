"""Four good looks let a submission through, and nothing else does."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from components.adobe.api.errors import PreflightFailed
from components.adobe.api.evidence import SUBJECTS, Look, findings, objections, refuse_without

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def evidence(taken_at: datetime = NOW, **found: list[str]) -> dict[str, Any]:
    return {subject: Look(subject, taken_at, tuple(found.get(subject, ()))).property() for subject in SUBJECTS}


def test_four_fresh_good_looks_are_enough() -> None:
    assert objections(evidence(), NOW) == []
    refuse_without(evidence(), NOW)


@pytest.mark.parametrize(
    ("age", "is_fresh"),
    [
        (timedelta(minutes=15), True),
        (timedelta(minutes=15) + SECOND, False),
        (timedelta(minutes=-1), True),
        (timedelta(minutes=-1) - SECOND, False),
    ],
    ids=str,
)
def test_a_look_counts_for_fifteen_minutes_and_from_a_clock_that_is_at_most_one_ahead(
    age: timedelta, is_fresh: bool
) -> None:
    assert (objections(evidence(NOW - age), NOW) == []) is is_fresh


def test_an_old_look_is_told_with_its_time_and_the_limit() -> None:
    old = NOW - timedelta(hours=1)
    texts = objections(evidence(old), NOW)
    assert len(texts) == 4
    for subject, text in zip(SUBJECTS, texts, strict=True):
        assert text.startswith(subject)
        assert old.isoformat() in text
        assert " 15 minutes" in text


@pytest.mark.parametrize("unusable", [None, [], "good", 7, {}])
def test_what_is_no_evidence_at_all_lacks_every_subject(unusable: Any) -> None:
    assert len(objections(unusable, NOW)) == 4
    assert findings(unusable) == []


def refused(**found: list[str]) -> PreflightFailed:
    with pytest.raises(PreflightFailed) as caught:
        refuse_without(evidence(**found), NOW)
    return caught.value


def test_every_objection_is_counted_and_numbered_in_one_error() -> None:
    text = str(refused(vault=["a", "b"], key=["c"]))
    assert " 3 " in text
    assert "(1) a; (2) b; (3) c" in text
    assert "1 preflight check failed" in str(refused(vault=["a"]))
    assert "2 preflight checks failed" in str(refused(vault=["a", "b"]))


def test_findings_are_the_texts_of_every_look_in_order() -> None:
    looks = {**evidence(vault=["a", "b"], key=["c"]), "role assignment": None, "key2": {}}
    assert findings(looks) == ["a", "b", "c"]
