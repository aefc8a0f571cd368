"""The customer desk: its eight functions, two registers, notices to sales sites (CUS-72)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.audit.services import record
from crm_site.outbox.kinds import MessageKind, declare_message
from crm_site.outbox.services import Outgoing, send_many
from crm_site.registers.registry import Outcome, RegisterDefinition, RegisterField
from crm_site.staff.models import User
from customers.models import Project

DESK: Final = "customers.work_customer_desk"
NOTICE: Final = "desk.notice"
ARCHIVE: Final = "sales-archive"
RECEPTION: Final = "reception-log"
SITE_ROLES: Final = ("consultant", "supervisor")
DONE = Outcome(
    key="settled",
    label=pgettext_lazy("register", "Settled"),
    asks=_("Result"),
    action=_("Settle with the result"),
)


@dataclass(frozen=True, slots=True)
class DeskFunction:
    """One duty of the desk; the first of its pages that this installation has is its link."""

    key: str
    label: Any
    text: Any
    icon: str
    pages: tuple[tuple[str, tuple[str, ...]], ...]  # (URL name, arguments)

    @property
    def url(self) -> str:
        """The address of the function."""
        for name, arguments in self.pages:
            try:
                return reverse(name, args=arguments)
            except NoReverseMatch:
                continue
        raise NoReverseMatch(self.key)


FUNCTIONS: Final = (
    DeskFunction(
        "files",
        _("Build files"),
        _("Open a customer's record with the first contact."),
        "plus",
        (("customers:customer-add", ()),),
    ),
    DeskFunction(
        "feedback",
        _("Analyse feedback at once"),
        _("Why visitors did not buy, by reason and interest, as of now."),
        "chart",
        (("customers:unclosed", ()),),
    ),
    DeskFunction(
        "sales",
        _("Liaise on sales matters"),
        _("Tasks agreed on with the sales teams, late ones first."),
        "check",
        (("customers:task-list", ()),),
    ),
    DeskFunction(
        "mortgage",
        _("Mortgages"),
        _("Open a purchase for the papers of its loan."),
        "file",
        (("customers:purchase-list", ()),),
    ),
    DeskFunction(
        "sites",
        _("Tell the sales sites"),
        _("A notice to everybody who sells at a project."),
        "bell",
        (("customers:desk-notice", ()),),
    ),
    DeskFunction(
        "data",
        _("Collect sales data"),
        _("Customers from enquiry to contract, with hand-offs and dates."),
        "layers",
        (("customers:way-list", ()),),
    ),
    DeskFunction(
        "archive",
        _("Archive adverts and policies"),
        _("Published adverts and notes on policies, by day and source."),
        "file",
        (("registers:entry-list", (ARCHIVE,)),),
    ),
    DeskFunction(
        "reception",
        _("Reception log"),
        _("Who came or called, with which request, who looked after it."),
        "edit",
        (("registers:entry-list", (RECEPTION,)),),
    ),
)

REGISTERS: Final = (
    RegisterDefinition(
        key=ARCHIVE,
        label=_("Archive of adverts and policies"),
        item=_("Advert or policy note"),
        help=_("Adverts as they were published and notes on policies that touch sales."),
        fields=(
            RegisterField(
                key="kind",
                label=pgettext_lazy("archive", "Kind"),
                type="choice",
                choices=(
                    ("advert", pgettext_lazy("archive", "Advert")),
                    ("policy", pgettext_lazy("archive", "Policy note")),
                ),
                required=True,
            ),
            RegisterField(key="published_on", label=_("Published on"), type="date", required=True),
            RegisterField(key="source", label=_("Medium or authority"), required=True),
            RegisterField(key="content", label=_("Content"), type="long", required=True),
        ),
        view_permission=DESK,
        edit_permission=DESK,
        outcomes=(DONE,),
        binds=lambda _values: False,
    ),
    RegisterDefinition(
        key=RECEPTION,
        label=_("Reception log"),
        item=_("Reception"),
        help=_("Who came or called, with which request, who looked after it until when."),
        fields=(
            RegisterField(key="came_on", label=_("Came on"), type="date", required=True),
            RegisterField(
                key="way",
                label=_("Came by"),
                type="choice",
                choices=(
                    ("visit", pgettext_lazy("reception", "Visit")),
                    ("call", pgettext_lazy("reception", "Call")),
                    ("letter", pgettext_lazy("reception", "Letter or message")),
                ),
                required=True,
            ),
            RegisterField(key="request", label=_("Request"), type="long", required=True),
            RegisterField(
                key="received_by",
                label=_("Received by"),
                required=True,
                initial=lambda user: user.name,
            ),
        ),
        title_label=_("Visitor"),
        view_permission=DESK,
        edit_permission=DESK,
        outcomes=(DONE,),
    ),
)


@transaction.atomic
def tell_sites(*, project: Project, title: str, body: str, actor: User, now: datetime) -> int:
    """Send a notice to everybody who sells at a project; return how many people that are.

    A notice holds no phone number: the outbox refuses it with MessageParamsError.
    """
    place = Q(node__project_id=project.pk) | Q(node_id=project.pk)
    people = list(User.objects.filter(place, is_active=True, role__in=SITE_ROLES).order_by("pk"))
    stamp = now.isoformat()
    send_many(
        [
            Outgoing(
                kind=NOTICE,
                recipient=person,
                key=f"desk:{actor.pk}:{stamp}:{project.pk}:{person.pk}",
                params={"title": title, "body": body, "author": actor.name},
                subject=("project", project.pk),
            )
            for person in people
        ],
        now=now,
    )
    record(
        kind=NOTICE,
        actor=actor,
        subject=("project", project.pk),
        facts={"people": len(people)},
        now=now,
    )
    return len(people)


def register_messages() -> None:
    """Make the notice known."""
    declare_message(
        MessageKind(
            key=NOTICE,
            label=_("Notices of the customer desk"),
            title=_("Customer desk: %(title)s"),
            body=_("%(body)s – %(author)s"),
            icon="bell",
            tone="blue",
        )
    )
