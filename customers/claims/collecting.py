"""Claims taken over from where they were made: papers of the project, promises to buyers (BEY-06).

Other apps bring what they published, such as adverts (``customers.claims.sources``); show flat and
contracts are written into the ledger by hand.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from crm_site.documents.models import DocumentVersion
from crm_site.registers.models import RegisterEntry
from crm_site.registers.services import EntryDraft, add_entry
from crm_site.staff.models import User
from customers.claims.ledger import (
    BOUGHT,
    CLAIMS,
    CONSULTANT,
    MANUAL,
    PROJECT,
    WORDING,
    claims_of,
    reference_of,
)
from customers.claims.sources import Candidate, published
from customers.models import Customer, Project
from customers.promises import PROMISE, PROMISES
from customers.property.papers import SALES_MANUAL, UNIFORM_WORDING
from customers.purchase.models import Purchase

PAPERS: Final = {SALES_MANUAL: MANUAL, UNIFORM_WORDING: WORDING}
LONGEST: Final = 200
MOST: Final = 500


def candidates(project: Project, user: User, *, now: datetime) -> list[Candidate]:
    """Return what ``user`` may take over: paragraphs of papers that count or counted, promises.

    What stands in the ledger already, word for word from the same place, is left out.
    """
    known = set(claims_of(project.pk).values_list("values__reference", "title"))
    found = [
        *_from_papers(project, now),
        *published(project.pk, now),
        *_from_promises(project, user),
    ]
    return [one for one in found if (one.reference, one.words) not in known][:MOST]


@transaction.atomic
def take_over(*, project: Project, keys: Collection[str], actor: User, now: datetime) -> int:
    """Write the chosen candidates into the ledger and return how many; again writes nothing new."""
    Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    chosen = [one for one in candidates(project, actor, now=now) if one.key in keys]
    for one in chosen:
        values: dict[str, Any] = {"source": one.source, "reference": one.reference}
        if one.purchase is not None:
            values["purchase"] = one.purchase
        draft = EntryDraft(title=one.words, values=values, subject_id=project.pk)
        add_entry(register=CLAIMS, draft=draft, actor=actor, now=now)
    return len(chosen)


def _from_papers(project: Project, now: datetime) -> Iterator[Candidate]:
    versions = DocumentVersion.objects.filter(
        document__kind__in=PAPERS,
        document__subject_kind=PROJECT,
        document__subject_id=project.pk,
        state=DocumentVersion.State.APPROVED,
        effective_from__lte=timezone.localdate(now),
    )
    for version in versions.select_related("document").order_by("document", "number"):
        document = version.document
        for place, section in enumerate(version.sections, start=1):
            where = f"{document.number} V{version.number} · {place}. {section['title']}"[:LONGEST]
            for line, text in enumerate(section["text"].splitlines(), start=1):
                words = text.strip()[:LONGEST]
                if words:
                    key = f"paper-{version.pk}-{place}-{line}"
                    yield Candidate(key, PAPERS[document.kind], words, where)


def _from_promises(project: Project, user: User) -> Iterator[Candidate]:
    buyers = Customer.objects.visible_to(user)
    rows = Purchase.objects.filter(project=project, state__in=BOUGHT, customer__in=buyers)
    bought = dict(rows.order_by("-pk").values_list("customer", "pk"))
    entries = RegisterEntry.objects.of(PROMISES).filter(
        subject_kind="customer", subject_id__in=bought, values__kind=PROMISE
    )
    for entry in entries.order_by("pk"):
        purchase = bought[entry.subject_id or 0]
        reference = reference_of(entry.pk)
        yield Candidate(reference, CONSULTANT, entry.title, reference, purchase)
