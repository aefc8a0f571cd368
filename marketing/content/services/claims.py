"""Claims of published adverts, handed to the ledger that is checked before homes are given over."""

from collections.abc import Iterator
from datetime import datetime

from customers.claims.ledger import ADVERT
from customers.claims.sources import Candidate
from marketing.content.selectors import claims_published_in

LONGEST = 200


def published_candidates(project_id: int, _now: datetime) -> Iterator[Candidate]:
    """Return each published claim as something the ledger has to hold (MKT-29)."""
    for one in claims_published_in(project_id):
        where = f"{one.published.number} · {one.published.outlet} · {one.published.published_on}"
        yield Candidate(f"advert-{one.pk}", ADVERT, one.text, where[:LONGEST])
