"""What the public reads of promotions: the offers of a project that hold now (MKT-40, MKT-42)."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation

from crm_site.common.display import local_dt
from marketing.content.hooks import register_public_offers
from marketing.promotions import choices
from marketing.promotions.models import Promotion


def public_offers(project: Any, now: datetime) -> list[dict[str, str]]:
    """Return the approved promotions of a project that hold at ``now`` and are not used up.

    In the language of the site, whoever asks: the feed is one text for everybody.
    """
    rows = Promotion.objects.applicable(now).filter(project=project).order_by("code")
    with translation.override(settings.LANGUAGE_CODE):
        return [_as_text(row) for row in rows.prefetch_related("buildings")]


def register() -> None:
    """Bring promotions into the public feeds."""
    register_public_offers("promotions", public_offers)


def _as_text(row: Promotion) -> dict[str, str]:
    label = dict(choices.BENEFITS)[row.benefit]
    gives = row.gift if row.benefit == "gift" else f"{row.value.normalize():f}"
    where = sorted(str(building) for building in row.buildings.all())
    lines = [f"{label}: {gives}", ", ".join(where), row.rules]
    return {
        "code": row.code,
        "name": row.name,
        "terms": "\n".join(line for line in lines if line),
        "from": local_dt(row.starts_at),
        "until": local_dt(row.ends_at),
    }
