"""What other parts and pages ask of content."""

from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from crm_site.approvals.models import Approval
from customers.models import Project
from marketing.content import choices
from marketing.content.models import Advert, PublishedClaim
from marketing.content.querysets import REVIEW, SIGN, SIGN_APPRECIATION


def published_claims(project: Project) -> "list[PublishedClaim]":
    """Return what published adverts say about a project, the same words of one advert once."""
    return claims_published_in(project.pk)


def claims_published_in(project_id: int) -> "list[PublishedClaim]":
    """Return the claims published about the project with this key; one statement."""
    rows = PublishedClaim.objects.filter(published__project=project_id).select_related("published")
    found: dict[tuple[int, str], PublishedClaim] = {}
    for one in rows.order_by("published__published_on", "pk"):
        found.setdefault((one.published.advert_id, one.text), one)
    return list(found.values())


def step_words() -> dict[str, Any]:
    """Return who signs by permission, in words."""
    labels = dict(choices.REVIEWERS)
    return {
        **{right: labels[name] for name, right in REVIEW.items()},
        SIGN_APPRECIATION: _("Claims about keeping value"),
        SIGN: _("Final approval"),
    }


def review_lines(approval: Approval | None) -> list[tuple[Any, Any]]:
    """Return who signs with the signature that stands, in the order of the form (MKT-28)."""
    if approval is None:
        return []
    given = {
        one.step: one for one in approval.signatures.standing().select_related("signer")
    }
    words = step_words()
    return [
        (words.get(right, right), given.get(place)) for place, right in enumerate(approval.steps)
    ]


def adverts_of(campaign_code: str, user: Any) -> Any:
    """Return the adverts of a campaign that ``user`` sees, the latest first."""
    rows = Advert.objects.visible_to(user).filter(campaign_code=campaign_code)
    return rows.prefetch_related(Prefetch("published")).order_by("-pk")
