"""What other parts and pages ask of content."""

from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from crm_site.approvals.models import Approval
from customers.models import Customer, Lead, Project
from marketing.content import choices
from marketing.content.models import Advert, Asset, LiveSession, Message, PublishedClaim
from marketing.content.querysets import REVIEW, SIGN, SIGN_APPRECIATION

MOST = 200


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
    given = {one.step: one for one in approval.signatures.standing().select_related("signer")}
    words = step_words()
    return [
        (words.get(right, right), given.get(place)) for place, right in enumerate(approval.steps)
    ]


def adverts_of(campaign_code: str, user: Any) -> Any:
    """Return the adverts of a campaign that ``user`` sees, the latest first."""
    rows = Advert.objects.visible_to(user).filter(campaign_code=campaign_code)
    return rows.order_by("-pk")


def adverts_with(asset: Asset, user: Any) -> Any:
    """Return the adverts whose latest wording shows an asset."""
    return Advert.objects.visible_to(user).filter(version__asset=asset).order_by("-pk")


def messages_for(user: Any) -> Any:
    """Return the messages that ``user`` sees, by core value."""
    rows = Message.objects.visible_to(user).select_related("project", "asset")
    return rows.order_by("core_value", "project", "segment_id", "pk")[:MOST]


def preview(
    user: Any, *, project: Project | None, segment_id: int | None
) -> list[tuple[Any, "Message | None"]]:
    """Return for each core value the message that people of a segment read (MKT-23).

    The nearest counts: of the project before common ones, for the segment before that for
    everybody. Only ready messages; None where there is none.
    """
    rows = Message.objects.visible_to(user).filter(state=Message.State.READY)
    rows = (
        rows.filter(Q(project=None) | Q(project=project)) if project else rows.filter(project=None)
    )
    rows = rows.filter(Q(segment_id=None) | Q(segment_id=segment_id))
    best: dict[str, Message] = {}
    for one in rows.select_related("asset", "project").order_by("pk"):
        held = best.get(one.core_value)
        if held is None or _nearness(one) > _nearness(held):
            best[one.core_value] = one
    return [(label, best.get(key)) for key, label in choices.CORE_VALUES]


def _nearness(one: Message) -> tuple[bool, bool, bool]:
    return (one.segment_id is not None, one.project_id is not None, one.region_id is not None)


def session_leads(session: LiveSession, user: Any) -> Any:
    """Return the leads that carry the code of a session and that ``user`` may see."""
    seen = Customer.objects.visible_to(user)
    rows = Lead.objects.filter(campaign=session.code, customer__in=seen)
    return rows.select_related("customer", "owner").order_by("-received_at", "-pk")


def session_counts(session: LiveSession) -> dict[str, int]:
    """Return how many leads, visits and contracts carry the code of a session (MKT-35)."""
    rows = Lead.objects.filter(campaign=session.code)
    reached = Q(state__in=["visited", "subscribed", "signed"])
    found: dict[str, int] = rows.aggregate(
        leads=Count("pk"),
        visits=Count("pk", filter=reached),
        deals=Count("pk", filter=Q(state="signed")),
    )
    return found


def community_figures(rows: Any) -> Any:
    """Return groups with open and late questions and the share of upset ones."""
    asked = Q(questions__isnull=False)
    return rows.annotate(
        asked=Count("questions", filter=asked),
        waiting=Count("questions", filter=asked & Q(questions__answered_at=None)),
        upset=Count("questions", filter=Q(questions__mood="upset")),
    )
