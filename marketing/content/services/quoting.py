"""What adverts quote of planning: proven selling points, the company profile (MKT-12, MKT-20)."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from customers.models import Project
from marketing.content.errors import ContentError
from marketing.content.models import Advert
from marketing.content.rules.adverts import ClaimKind
from marketing.planning.selectors import company_profile, unproven_quotes, usable_selling_points

CLAIM_OF = {
    "location": ClaimKind.PLANNING,
    "facilities": ClaimKind.FACILITY,
    "quality": ClaimKind.QUALITY,
    "greenery": ClaimKind.PLANNING,
    "layout": ClaimKind.SIZE,
    "green": ClaimKind.QUALITY,
    "smart": ClaimKind.FACILITY,
}


def proven_points(advert: Advert) -> list[Any]:
    """Return the selling points of the advert's project that it may quote, the oldest first."""
    if advert.project_id is None:
        return []
    return list(usable_selling_points(advert.project_id).order_by("pk"))


def company_words(now: datetime) -> list[tuple[str, str]]:
    """Return title and words of the company profile in force; nothing without one (MKT-20)."""
    return [(one["title"], one["text"]) for one in company_profile(now=now) if one["text"]]


def unproven_points(advert: Advert) -> list[str]:
    """Return the selling points that the latest wording quotes but may not (MKT-12).

    Those of its project count; for a region or the whole company those of all projects in it.
    """
    version = advert.version
    if version is None:
        return []
    claims = version.claims.values_list("text", flat=True)
    said = "\n".join((advert.title, version.text, *claims))
    return unproven_quotes(said, _projects(advert))


def require_proven(advert: Advert) -> None:
    """Raise ContentError where the latest wording quotes a selling point that it may not."""
    found = unproven_points(advert)
    if found:
        words = _(
            "These selling points have no evidence, or are not released for adverts: %(points)s."
            " Have them proven first, or leave them out."
        )
        raise ContentError(words % {"points": ", ".join(found)}, code="unproven-points")


def _projects(advert: Advert) -> Any:
    if advert.project_id is not None:
        return [advert.project_id]
    rows = Project.objects.all()
    if advert.region_id is not None:
        rows = rows.filter(node__region=advert.region_id)
    return rows.values_list("pk", flat=True)
