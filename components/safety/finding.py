"""What a look at Azure found."""

from dataclasses import dataclass

LOSS = (
    "Until then Adobe cannot read the data that this key protects, and may treat the loss as deliberate revocation and "
    "permanently delete the data. Act immediately"
)


@dataclass(frozen=True)
class Finding:
    """An unmet requirement."""

    text: str
    is_blocking: bool = True
    """Whether it blocks a submission; otherwise it is only a warning."""


def loss(text: str) -> Finding:
    """An unmet requirement that Adobe may treat as revocation: its text says so, and its readers class it by that.

    Adobe, "Alert resolution reference": the causes of the alert "key access disabled".
    """
    return Finding(f"{text}. {LOSS}")
