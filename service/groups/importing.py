"""The importer of complaints: messages of earlier systems become tickets, each once.

The number of a message in its system makes it one ticket however often its file is read. A message
with the same words of the same sender is the same complaint and is left out; the same words of
somebody else stay, for that is how groups write. Imported complaints are compared as a whole.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.audit.services import record_bulk
from crm_site.exchange.errors import MappingError
from crm_site.exchange.reading.table import Row
from crm_site.exchange.registry import (
    CellError,
    FieldSpec,
    Importer,
    OptionSpec,
    Outcome,
    Plan,
    Problem,
)
from customers.importers import parsers
from customers.models import Project
from service.groups.reverting import ComplaintReverter, subjects
from service.groups.rules.text import digest_text
from service.groups.tasks import regroup_project
from service.tickets.drafts import TicketDraft
from service.tickets.errors import TicketError
from service.tickets.models import Ticket
from service.tickets.rules import TicketKind
from service.tickets.services.opening import open_ticket

SOURCE = "complaints"
LONGEST_BODY, LONGEST_SUBJECT = 4000, 120
_NUMBERS = "message id, complaint id, id, 留言编号, 工单编号, 投诉编号, 编号"  # han: words read
_SENDERS = "user, sender, customer, 留言用户, 投诉人, 联系人, 姓名"  # han: words read
_PHONES = "phone, mobile, 联系电话, 电话, 手机"  # han: words read
_SUBJECTS = "subject, title, 留言主题, 主题, 标题"  # han: words read
_MOMENTS = "received, time, date, 留言时间_原文, 留言时间, 投诉时间, 时间"  # han: words read
_BODIES = "body, text, content, 留言详情, 投诉内容, 内容, 详情"  # han: words read
_SUBJECT, _BODY = pgettext_lazy("ticket", "Subject"), pgettext_lazy("ticket", "What happened")
FIELDS = (
    FieldSpec("external_id", _("Number of the message"), tuple(_NUMBERS.split(", ")), None, 60),
    FieldSpec("sender", _("Sender"), tuple(_SENDERS.split(", ")), None, 80),
    FieldSpec("phone", _("Phone"), tuple(_PHONES.split(", ")), parsers.phone, looks_like="phone"),
    FieldSpec("subject", _SUBJECT, tuple(_SUBJECTS.split(", ")), None, 300),
    FieldSpec(
        "received_at", _("Received at"), tuple(_MOMENTS.split(", ")), parsers.moment, is_date=True
    ),
    FieldSpec("body", _BODY, tuple(_BODIES.split(", ")), None, 50_000),
)  # fmt: skip
MESSAGES = {
    "no_number": _("The number of the message is missing."),
    "no_words": _("There is neither a subject nor a text."),
    "complaint_repeated": _("The same words of the same sender as in row %(first)s."),
    "complaint_known": _("The same words of the same sender as in message %(number)s."),
    "complaint_shared": _("The same words as in row %(first)s, of somebody else. Both stay."),
    "number_repeated": _("The same number as in row %(first)s, but other words."),
    "text_cut": _("The text is cut to %(limit)s characters."),
    "complaint_project": _("Choose the project the complaints belong to."),
    "complaint_refused": _("Not taken over: %(why)s"),
}


@dataclass(slots=True)
class Message:
    """A row that can become a ticket."""

    row: int
    values: dict[str, Any]
    digest: str = field(default="")

    @property
    def number(self) -> str:
        """The number in its system."""
        return str(self.values["external_id"])

    @property
    def sender(self) -> str:
        """Who wrote it."""
        return str(self.values.get("sender", ""))


@dataclass(slots=True)
class _Seen:
    """The rows read so far: by number, by words, by words and sender."""

    numbers: dict[str, tuple[int, str]] = field(default_factory=dict)
    words: dict[str, int] = field(default_factory=dict)
    said: dict[tuple[str, str], int] = field(default_factory=dict)


class ComplaintBatcher:
    """Checks and writes the rows of one file of complaints."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._seen = _Seen()
        self._known: set[str] = set()
        chosen = _projects(plan.actor).filter(pk=plan.options["project"] or None)
        self._project: Project | None = chosen.first()

    def check(self, rows: Sequence[Row]) -> Outcome:
        """Return what writing ``rows`` would do; remembers them to find repeats."""
        outcome = Outcome()
        for message in self._read(rows, outcome):
            outcome.counts["unchanged" if message.number in self._known else "created"] += 1
        return outcome

    def prepare(self) -> None:
        """Nothing has to exist before."""

    def write(self, rows: Sequence[Row]) -> Outcome:
        """Open a ticket for each message that is new, at the moment it came in."""
        outcome = Outcome()
        created = []
        for message in self._read(rows, outcome):
            if message.number in self._known:
                outcome.counts["unchanged"] += 1
                continue
            ticket = self._open(message, outcome)
            if ticket is not None:
                created.append([message.row, ticket.pk, ticket.version])
                outcome.counts["created"] += 1
        outcome.trace = {"created": created} if created else {}
        return outcome

    def finish(self) -> None:
        """Write the audit event and have the complaints compared."""
        project = self._project
        if project is None:
            return
        made = Ticket.objects.filter(
            project=project, source=self._source, created_at__gte=self._plan.now
        )
        record_bulk(
            kind="complaints.imported",
            actor=self._plan.actor,
            now=self._plan.now,
            subject_kind="ticket",
            ids=made.order_by("pk").values_list("pk", flat=True).iterator(),
            is_ascending=True,
            facts={"import_job": self._plan.job_id},
        )
        regroup_project.delay_on_commit(project.pk)

    def forget(self) -> None:
        """Forget which rows were tried."""
        self._seen = _Seen()

    @property
    def _source(self) -> str:
        return f"{SOURCE}:{self._project.pk if self._project else ''}"

    def _read(self, rows: Sequence[Row], outcome: Outcome) -> list[Message]:
        """Return the rows that can be written, once each; the others count with their causes."""
        found = []
        read = [self._message(row, outcome) for row in rows]
        messages = [message for message in read if message is not None]
        earlier = self._earlier({message.sender for message in messages})
        for message in messages:
            if self._is_first(message, outcome) and not _was_said(message, earlier, outcome):
                found.append(message)
        numbers = [message.number for message in found]
        held = Ticket.objects.filter(source=self._source, source_id__in=numbers)
        self._known = set(held.values_list("source_id", flat=True))
        return found

    def _earlier(self, senders: set[str]) -> dict[tuple[str, str], str]:
        """Return the numbers of stored messages of these senders, by sender and words."""
        rows = Ticket.objects.filter(source=self._source, contact_name__in=senders)
        return {
            (name, _digest({"subject": subject, "body": body})): number
            for number, name, subject, body in rows.order_by("-pk").values_list(
                "source_id", "contact_name", "subject", "body"
            )
        }

    def _message(self, row: Row, outcome: Outcome) -> Message | None:
        number, cells = row
        values: dict[str, Any] = {}
        problems = self._cells(number, cells, values)
        if self._project is None:
            problems.append(Problem(number, "", "complaint_project"))
        if not values.get("external_id"):
            problems.append(Problem(number, "", "no_number"))
        if not values.get("subject") and not values.get("body"):
            problems.append(Problem(number, "", "no_words"))
        outcome.problems += problems
        if any(not problem.is_warning for problem in problems):
            outcome.counts["bad"] += 1
            return None
        return Message(number, values, _digest(values))

    def _cells(self, number: int, cells: Sequence[str], values: dict[str, Any]) -> list[Problem]:
        """Read the mapped cells of a row into ``values``; return what cannot be read."""
        problems = []
        for header, text in zip(self._plan.headers, cells, strict=True):
            spec = SPECS.get(self._plan.mapping.get(header, ""))
            if spec is None or not text:
                continue
            if spec.parse is None:
                values[spec.key] = text
                if len(text) > spec.max_length:
                    limit = {"limit": spec.max_length}
                    problems.append(Problem(number, header, "too_long", limit))
                continue
            try:
                values[spec.key] = spec.parse(text, self._plan.reading(header))
            except CellError as error:
                problems.append(Problem(number, header, error.code, error.params))
        if len(values.get("body", "")) > LONGEST_BODY:
            limit = {"limit": LONGEST_BODY}
            problems.append(Problem(number, "", "text_cut", limit, is_warning=True))
        return problems

    def _is_first(self, message: Message, outcome: Outcome) -> bool:
        """Remember a message; count it as a repeat where its sender said the same before."""
        seen = self._seen
        first, words = seen.numbers.setdefault(message.number, (message.row, message.digest))
        if first != message.row and words != message.digest:
            outcome.refuse(Problem(message.row, "", "number_repeated", {"first": first}))
            return False
        said = (message.sender, message.digest)
        before = seen.said.setdefault(said, message.row)
        if before != message.row:
            params = {"first": before}
            outcome.counts["repeated"] += 1
            outcome.problems.append(
                Problem(message.row, "", "complaint_repeated", params, is_warning=True)
            )
            return False
        other = seen.words.setdefault(message.digest, message.row)
        if other != message.row:
            params = {"first": other}
            outcome.problems.append(
                Problem(message.row, "", "complaint_shared", params, is_warning=True)
            )
        return True

    def _open(self, message: Message, outcome: Outcome) -> Ticket | None:
        values, project = message.values, self._project
        assert project is not None  # noqa: S101 -- rows without a project were refused before
        moment: datetime = values.get("received_at") or self._plan.now
        subject = values.get("subject") or values["body"]
        draft = TicketDraft(
            kind=TicketKind.COMPLAINT.value,
            project=project,
            subject=subject[:LONGEST_SUBJECT],
            body=values.get("body", "")[:LONGEST_BODY],
            channel="import",
            contact_name=message.sender[:80],
            contact_phone=values.get("phone", ""),
            source=self._source,
            source_id=message.number,
            occurred_on=moment.astimezone(self._plan.zone).date(),
            received_at=moment,
        )
        try:
            return open_ticket(draft, actor=self._plan.actor, now=self._plan.now)
        except TicketError as refusal:
            outcome.refuse(Problem(message.row, "", "complaint_refused", {"why": str(refusal)}))
            return None


SPECS = {spec.key: spec for spec in FIELDS}


def _was_said(message: Message, earlier: Mapping[tuple[str, str], str], outcome: Outcome) -> bool:
    """Count a message as a repeat where its sender said the same in an earlier part or file."""
    number = earlier.get((message.sender, message.digest), message.number)
    if number == message.number:
        return False
    outcome.counts["repeated"] += 1
    params = {"number": number}
    outcome.problems.append(Problem(message.row, "", "complaint_known", params, is_warning=True))
    return True


def _digest(values: Mapping[str, Any]) -> str:
    subject = values.get("subject") or values.get("body", "")
    text = digest_text(subject[:LONGEST_SUBJECT], values.get("body", "")[:LONGEST_BODY])
    return hashlib.sha256(text.encode()).hexdigest()


def _projects(actor: Any) -> Any:
    rows = Project.objects.order_by("name", "pk")
    return rows if actor is None else Project.objects.visible_to(actor).order_by("name", "pk")


def _options(actor: Any) -> tuple[OptionSpec, ...]:
    choices = tuple((str(project.pk), project.name) for project in _projects(actor))
    first = choices[0][0] if choices else ""
    return (
        OptionSpec(
            "project",
            _("Project the complaints belong to"),
            first,
            choices or (("", _("None")),),
        ),
    )


def _check_mapping(mapping: Mapping[str, str]) -> None:
    targets = set(mapping.values())
    if "external_id" not in targets:
        raise MappingError(_("Choose the column with the number of the message."), code="no_number")
    if not targets & {"subject", "body"}:
        raise MappingError(_("Choose the column with the subject or the text."), code="no_words")


IMPORTER = Importer(
    key="complaints",
    label=_("Complaints"),
    permission="service.lead_groups",
    fields=lambda _actor: FIELDS,
    options=_options,
    open=ComplaintBatcher,
    check_mapping=_check_mapping,
    reverter=ComplaintReverter,
    subjects=subjects,
    revert_counts={"removed": _("Complaints removed")},
)
