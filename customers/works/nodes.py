"""Building nodes: planned, reached, reported on by an outside body, accepted (SVC-75, SVC-97)."""

from datetime import date, datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.audit.services import record
from crm_site.common.files import Taken
from crm_site.common.refusals import RefusedError, StaleError
from crm_site.staff.models import User
from customers.rules.text import clean_text
from customers.works.models import ConstructionNode, NodeReport, ProgressNotice
from customers.works.rules import Report, Result, may_pass


class NodeRefusedError(RefusedError):
    """The node cannot be reached or accepted yet."""

    code = "node-refused"
    title = gettext_lazy("The node stays as it is")


def save_node(*, node: ConstructionNode, actor: User, now: datetime) -> ConstructionNode:
    """Keep a planned node and return it; raise NodeRefusedError where there is one like it."""
    node.updated_at = now
    try:
        with transaction.atomic():
            node.save()
            _audit("node.saved", node, actor, now)
    except IntegrityError as error:
        if "construction_node_once" not in str(error):
            raise
        raise NodeRefusedError(_("The project has this node already.")) from error
    return node


@transaction.atomic
def reach_node(*, node: ConstructionNode, on: date, actor: User, now: datetime) -> ProgressNotice:
    """Note that a node was reached and return the draft of the notice to its customers (SVC-75).

    Raise NodeRefusedError for a day to come, StaleError for a node reached already.
    """
    row = _locked(node)
    if row.reached_on is not None:
        raise StaleError(_("The node was reached already."))
    if on > timezone.localdate(now):
        raise NodeRefusedError(_("The day is still to come."))
    row.reached_on, row.updated_at = on, now
    row.save(update_fields=["reached_on", "updated_at"])
    _audit("node.reached", row, actor, now)
    return ProgressNotice.objects.create(node=row, **_first_words(row), created_at=now)


@transaction.atomic
def add_report(*, report: NodeReport, paper: Taken, actor: User, now: datetime) -> NodeReport:
    """Keep what an outside body found, with its paper, and return it.

    Raise NodeRefusedError for a day to come and for a node that has passed.
    """
    node = _locked(report.node)
    if node.result == Result.PASSED:
        raise NodeRefusedError(_("The node has passed already."))
    if report.reported_on > timezone.localdate(now):
        raise NodeRefusedError(_("The day is still to come."))
    for name, value in paper.values().items():
        setattr(report, name, value)
    report.author, report.stored_at = actor, now
    report.save()
    _audit("node.reported", node, actor, now, report=report.pk)
    return report


@transaction.atomic
def close_issues(*, report: NodeReport, closure: str, actor: User, now: datetime) -> NodeReport:
    """Note how the issues of an outside report were closed and return it."""
    words = clean_text(closure)
    if not words:
        raise NodeRefusedError(_("Say how the issues were closed."))
    node = _locked(report.node)
    row = NodeReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if not row.has_open_issues:
        raise StaleError(_("The report has no open issues."))
    row.issues_closed_on, row.closure = timezone.localdate(now), words
    row.save(update_fields=["issues_closed_on", "closure"])
    _audit("node.issues_closed", node, actor, now, report=row.pk)
    return row


@transaction.atomic
def accept_node(
    *, node: ConstructionNode, result: Result, findings: str, actor: User, now: datetime
) -> ConstructionNode:
    """Note what the acceptance of a reached node found and return it.

    A key node passes only with an outside report that passes it and no open issue (SVC-97). A
    failed node can be accepted again. Raise NodeRefusedError otherwise.
    """
    row = _locked(node)
    if row.reached_on is None:
        raise NodeRefusedError(_("The node has not been reached yet."))
    if row.result == Result.PASSED:
        raise StaleError(_("The node has passed already."))
    reports = [Report(one.has_passed, one.has_open_issues) for one in row.reports.defer("content")]
    if result is Result.PASSED and not may_pass(is_key=row.is_key, reports=reports):
        raise NodeRefusedError(
            _(
                "This key node needs an outside report that passes it, with all issues closed,"
                " before it can pass."
            )
        )
    row.result, row.findings = result.value, clean_text(findings)
    row.accepted_on, row.accepted_by, row.updated_at = timezone.localdate(now), actor, now
    row.save()
    _audit("node.accepted", row, actor, now, result=result.value)
    return row


def _first_words(node: ConstructionNode) -> dict[str, str]:
    """Return title and text of a notice as it is first drafted, in the language of customers."""
    with translation.override(settings.LANGUAGE_CODE):
        assert node.reached_on is not None  # noqa: S101 -- the caller has just set it
        words = {
            "project": node.project.name,
            "place": node.place or _("The project"),
            "node": node.title,
            "day": date_format(node.reached_on, "DATE_FORMAT"),
        }
        return {
            "title": (_("%(project)s: %(node)s") % words)[:80],
            "body": _(
                "Dear owner, %(place)s of %(project)s reached “%(node)s” on %(day)s. We shall keep"
                " you informed of what comes next."
            )
            % words,
        }


def _locked(node: ConstructionNode) -> ConstructionNode:
    rows = ConstructionNode.objects.select_related("project__node", "building")
    found: ConstructionNode = rows.select_for_update(of=("self",)).get(pk=node.pk)
    return found


def _audit(kind: str, node: ConstructionNode, actor: User, now: datetime, **facts: object) -> None:
    record(
        kind=kind,
        actor=actor,
        subject=("project", node.project_id),
        facts={"node": node.pk} | facts,
        now=now,
    )
