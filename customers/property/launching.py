"""The checklist of the sales hall and the launch itself (MKT-61)."""

import base64
import hashlib
from datetime import date, datetime, time

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.audit.services import record
from crm_site.common.refusals import RefusedError, StaleError
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.models import Disclosure, Project, ProjectLaunch, ProjectPhase, ProofPhoto
from customers.property.gates import gate_states, launch_blockers
from customers.property.phases import HALL, is_open
from customers.property.photos import PhotoError, clean_photo
from customers.property.policies import PROPERTY
from customers.property.rules import PhaseKind
from customers.rules.text import clean_text


class LaunchRefusedError(RefusedError):
    """Something keeps the project from its launch; ``blockers`` are all of it in words."""

    code = "launch-refused"
    title = gettext_lazy("The project cannot be launched")

    def __init__(self, blockers: list[str]) -> None:
        super().__init__(" ".join(blockers), blockers=blockers)
        self.blockers = blockers


class DisclosureRefusedError(RefusedError):
    """The item cannot be ticked or taken back."""

    code = "disclosure-refused"
    title = gettext_lazy("The checklist stays as it is")


PHOTO_WORDS = {
    "empty": gettext_lazy("The file is empty."),
    "too_large": gettext_lazy("The photo is larger than %(limit)s MB."),
    "not_a_photo": gettext_lazy("Only JPEG, PNG and WebP photos are taken."),
    "broken": gettext_lazy("The photo is damaged. Take it again."),
}


def store_photo(*, data: bytes, actor: User, now: datetime) -> ProofPhoto:
    """Keep a photo, encrypted and without its metadata; raise DisclosureRefusedError."""
    megabytes = in_force(PROPERTY, at=now).value.photo_megabytes
    try:
        media_type, picture = clean_photo(data, limit=megabytes << 20)
    except PhotoError as error:
        words = str(PHOTO_WORDS[error.code]) % {"limit": megabytes}
        raise DisclosureRefusedError(words) from None
    return ProofPhoto.objects.create(
        content=base64.b64encode(picture).decode("ascii"),
        media_type=media_type.value,
        size=len(picture),
        digest=hashlib.sha256(data).hexdigest(),
        uploaded_by=actor,
        uploaded_at=now,
    )


def picture_of(photo: ProofPhoto) -> bytes:
    """Return the bytes of a photo."""
    return base64.b64decode(photo.content)


def tick_disclosure(
    *, project: Project, kind: str, photo: bytes, note: str, actor: User, now: datetime
) -> Disclosure:
    """Note that an item hangs in the sales hall, with the photo that shows it."""
    if not is_open(HALL, project):
        raise DisclosureRefusedError(
            _("The checklist opens with the phase before the launch, which has not begun.")
        )
    try:
        with transaction.atomic():
            row = Disclosure.objects.create(
                project=project,
                kind=kind,
                photo=store_photo(data=photo, actor=actor, now=now),
                note=clean_text(note),
                ticked_by=actor,
                ticked_at=now,
            )
            _note("project.disclosed", row, actor=actor, now=now)
    except IntegrityError as error:
        if "disclosure_stands_once" not in str(error):
            raise
        raise StaleError(_("Somebody ticked this item already.")) from error
    return row


@transaction.atomic
def withdraw_disclosure(
    *, disclosure: Disclosure, reason: str, actor: User, now: datetime
) -> Disclosure:
    """Take a tick back, with a reason; the row and its photo stay."""
    words = clean_text(reason)
    if not words:
        raise DisclosureRefusedError(_("Say why the item is taken back."))
    row: Disclosure = Disclosure.objects.select_for_update(of=("self",)).get(pk=disclosure.pk)
    if row.withdrawn_at is not None:
        raise StaleError(_("The item is taken back already."))
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_reason = now, actor, words
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    _note("project.disclosure_withdrawn", row, actor=actor, now=now, reason=words)
    return row


@transaction.atomic
def launch_project(*, project: Project, actor: User, now: datetime) -> ProjectLaunch:
    """Put a project on sale; raise LaunchRefusedError while a gate is open.

    The phase before the launch ends, the peak of sales begins.
    """
    locked = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    if ProjectLaunch.objects.filter(project=locked).exists():
        raise StaleError(_("The project is launched already."))
    today = timezone.localtime(now).date()
    blockers = launch_blockers(locked, today=today)
    if blockers:
        raise LaunchRefusedError(blockers)
    standing = Disclosure.objects.filter(project=locked, withdrawn_at=None)
    launch = ProjectLaunch.objects.create(
        project=locked,
        launched_at=now,
        launched_by=actor,
        facts={
            "gates": [state.gate.key for state in gate_states(locked, today=today)],
            "disclosures": list(standing.order_by("pk").values_list("pk", flat=True)),
        },
    )
    phases = ProjectPhase.objects.filter(project=locked)
    phases.filter(kind=PhaseKind.PRE_LAUNCH, ended_on=None).update(ended_on=today, updated_at=now)
    phases.filter(kind=PhaseKind.PEAK, started_on=None).update(started_on=today, updated_at=now)
    record(kind="project.launched", actor=actor, subject=("project", locked.pk), now=now)
    return launch


def is_launched(project_id: int) -> bool:
    """Return whether a project is on sale; before that its units are only pre-subscribed."""
    return ProjectLaunch.objects.filter(project=project_id).exists()


@transaction.atomic
def note_earlier_launch(
    *, project: Project, on: date, reason: str, actor: User, now: datetime
) -> ProjectLaunch:
    """Note that a project was on sale before it was kept here, which opens its units.

    Raise RefusedError for a day that is not past and without a reason, StaleError once launched.
    """
    words = clean_text(reason)
    if on >= timezone.localdate(now):
        raise RefusedError(_("The day is not past. Launch the project instead."), code="launch")
    if not words:
        raise RefusedError(_("Say how you know that it is on sale."), code="launch")
    locked = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    if is_launched(locked.pk):
        raise StaleError(_("The project is launched already."))
    launch = ProjectLaunch.objects.create(
        project=locked,
        launched_at=timezone.make_aware(datetime.combine(on, time.min)),
        facts={"noted_by": actor.pk, "noted_on": timezone.localdate(now).isoformat()},
    )
    subject = ("project", locked.pk)
    record(kind="project.on_sale", actor=actor, subject=subject, reason=words, now=now)
    return launch


def _note(kind: str, row: Disclosure, *, actor: User, now: datetime, reason: str = "") -> None:
    record(
        kind=kind,
        actor=actor,
        subject=("project", row.project_id),
        reason=reason,
        facts={"item": row.kind, "photo": row.photo.digest},
        now=now,
    )
