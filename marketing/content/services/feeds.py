"""The public feed of a project, from the same source as the price wall of its office (MKT-40)."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.approvals.services import content_digest
from crm_site.audit.services import record
from crm_site.staff.models import User
from customers.models import Project
from customers.pricing.models import PriceList
from customers.pricing.wall import read_wall
from customers.rules.text import clean_lines
from marketing.content.hooks import offers_of
from marketing.content.models import FeedVersion, PublicFeed
from marketing.content.places import region_of, require
from marketing.content.querysets import KEEP
from marketing.content.rules.feeds import changes
from marketing.content.services.checking import check_text


@transaction.atomic
def set_feed(
    *, project: Project, is_open: bool, steps: str, actor: User, now: datetime
) -> PublicFeed:
    """Open or close the public feed of a project, write its steps, and return it refreshed.

    Raise ValidationError for banned words, and where an open feed has no steps.
    """
    require(actor, KEEP)
    region_of(actor, project)
    words = clean_lines(steps)
    if is_open and not words:
        raise ValidationError({"steps": _("Write the steps of buying first.")})
    banned = check_text(words, now=now).banned
    if banned:
        message = _("Banned words stand in the text: %(words)s. Change it first.")
        raise ValidationError({"steps": message % {"words": ", ".join(banned)}})
    feed, _is_new = PublicFeed.objects.update_or_create(
        project=project,
        defaults={"is_open": is_open, "steps": words, "changed_by": actor, "changed_at": now},
    )
    facts = {"open": is_open}
    record(kind="feed.set", actor=actor, subject=("project", project.pk), facts=facts, now=now)
    refresh(feed=feed, now=now)
    return feed


@transaction.atomic
def refresh(*, feed: PublicFeed, now: datetime) -> FeedVersion | None:
    """Write a new version where what the office shows has changed; return the one that stands.

    None for a closed feed. Run twice it writes once.
    """
    rows = PublicFeed.objects.select_for_update(of=("self",)).select_related("project")
    held = rows.get(pk=feed.pk)
    if not held.is_open:
        return None
    content = content_of(held, now=now)
    digest = content_digest(content)
    last: FeedVersion | None = held.versions.order_by("-number").first()
    if last is not None and last.digest == digest:
        return last
    return FeedVersion.objects.create(
        feed=held,
        number=last.number + 1 if last else 1,
        at=now,
        digest=digest,
        price_list=content["price_list"],
        content=content,
        changes=changes(last.content, content) if last else [],
    )


def refresh_all(*, now: datetime) -> int:
    """Refresh every open feed; return how many got a new version."""
    done = 0
    for feed in PublicFeed.objects.filter(is_open=True).order_by("pk"):
        found = refresh(feed=feed, now=now)
        done += found is not None and found.at == now
    return done


def content_of(feed: PublicFeed, *, now: datetime) -> dict[str, Any]:
    """Return what the public reads: units with prices as the wall shows them, offers, steps."""
    project = feed.project
    in_force = PriceList.objects.in_force(at=now).filter(project=project)
    number = in_force.order_by("-effective_at", "-pk").values_list("number", flat=True).first()
    wall = read_wall(project, now=now)
    return {
        "project": {"code": project.code, "name": project.name},
        "price_list": number,
        "certificates": [list(pair) for pair in wall.certificates],
        "units": [
            {
                "unit": row.name,
                "area": str(row.area),
                "inner_area": "" if row.inner_area is None else str(row.inner_area),
                "unit_price": str(row.unit_price),
                "total_wan": "" if row.total is None else str(row.total),
                "state": row.state,
            }
            for row in wall.rows
        ],
        "offers": offers_of(project, now),
        "steps": feed.steps.splitlines(),
    }
