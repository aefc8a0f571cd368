"""Rules of content: the scan of texts, the way of an advert, feeds. Pure."""

from marketing.content.rules.scanning import (
    Claim,
    Finding,
    Level,
    Scan,
    Term,
    has_area,
    scan,
    unproven,
)

__all__ = ["Claim", "Finding", "Level", "Scan", "Term", "has_area", "scan", "unproven"]
