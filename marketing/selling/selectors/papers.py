"""The sales papers of projects: what counts today, older versions, who has not read (MKT-57)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from crm_site.documents.models import Acknowledgement, Document
from crm_site.documents.selectors import latest_number, with_versions
from crm_site.staff.models import User
from customers.models import Project
from marketing.selling.papers import SORT_LABELS


@dataclass(frozen=True, slots=True)
class Paper:
    """One document: the version that counts, the numbers of those that no longer do, unread by."""

    document: Document
    version: Any
    standing: str
    older: list[int]
    unread: list[str]


@dataclass(frozen=True, slots=True)
class Shelf:
    """The papers of one sort of a project."""

    key: str
    label: Any
    papers: list[Paper]


def shelves(project: Project, *, user: User, now: datetime) -> list[Shelf]:
    """Return the sales papers of a project by sort; a fixed number of statements."""
    today = timezone.localdate(now)
    documents = Document.objects.visible_to(user).filter(
        kind__in=list(SORT_LABELS), subject_kind="project", subject_id=project.pk
    )
    rows = list(with_versions(documents).order_by("number"))
    counting = {row.pk: _counting(row, today) for row in rows}
    unread = _unread(project, [one.pk for one in counting.values() if one is not None])
    found: defaultdict[str, list[Paper]] = defaultdict(list)
    for row in rows:
        version = counting[row.pk]
        number = version.number if version is not None else None
        found[row.kind].append(
            Paper(
                document=row,
                version=version,
                standing="" if version is None else version.standing(latest=number, today=today),
                older=sorted(
                    one.number
                    for one in row.versions.all()
                    if one.is_approved and number is not None and one.number < number
                ),
                unread=[] if version is None else unread[version.pk],
            )
        )
    return [Shelf(key, label, found[key]) for key, label in SORT_LABELS.items()]


def _counting(row: Document, today: Any) -> Any:
    versions = list(row.versions.all())
    latest = latest_number(versions, today)
    return next((one for one in versions if one.number == latest), None)


def _unread(project: Project, versions: Iterable[int]) -> dict[int, list[str]]:
    keys = list(versions)
    people = dict(
        User.objects.filter(is_active=True, role="consultant", node__project=project.pk)
        .order_by("name", "pk")
        .values_list("pk", "name")
    )
    read: defaultdict[int, set[int]] = defaultdict(set)
    rows = Acknowledgement.objects.filter(version__in=keys).values_list("version", "user")
    for version, reader in rows:
        read[version].add(reader)
    return {key: [name for pk, name in people.items() if pk not in read[key]] for key in keys}
