"""Who is drawn into which arm of an experiment, always the same (MKT-41). Pure."""

import hashlib
from collections.abc import Sequence


def number_of(seed: str, person: int) -> float:
    """Return the number of a person in an experiment, 0 to below 1; it never changes."""
    digest = hashlib.sha256(f"{seed}:{person}".encode()).digest()
    return int.from_bytes(digest[:7], "big") / 2**56


def arm_of(number: float, weights: Sequence[int]) -> int:
    """Return the place of the arm that ``number`` falls into; raise ValueError without arms."""
    total = sum(weights)
    if total <= 0 or min(weights) < 1:
        raise ValueError("each arm has a weight of at least 1")
    reached = 0
    for place, weight in enumerate(weights):
        reached += weight
        if number * total < reached:
            return place
    return len(weights) - 1
