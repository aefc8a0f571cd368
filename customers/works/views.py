"""The pages of building nodes: plan, reports, acceptance, payments."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Sum
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.edits import edit_of
from crm_site.common.files import hand_out
from crm_site.common.htmx import HtmxHttpRequest, go_to, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import edit_page
from crm_site.staff.current import current_user
from customers.property.project_views import FORM, get_project
from customers.property.views import VIEW
from customers.works import forms, nodes, payments
from customers.works.models import ConstructionNode, NodePayment, NodeReport
from customers.works.pages import get_node, node_url, service_form

KEEP, PAY = "customers.keep_nodes", "customers.pay_nodes"
FORM_METHODS = ["GET", "HEAD", "POST"]


@require_safe
@permission_required(VIEW, raise_exception=True)
def project_nodes(request: HtmxHttpRequest, project_id: int) -> HttpResponse:
    """Show the nodes of a project with plan, day, result and notice, and the money by state."""
    project, user = get_project(request, project_id), current_user(request)
    rows = ConstructionNode.objects.filter(project=project)
    context = {
        "project": project,
        "nodes": rows.select_related("building", "notice")
        .annotate(money=Sum("payments__amount"))
        .order_by("planned_on", "pk"),
        "totals": payments.totals(project),
        "today": timezone.localdate(),
        "may_keep": user.has_perm(KEEP),
    }
    return render_page(request, "customers/works/nodes.html", context, partial="nodes")


@require_safe
@permission_required(VIEW, raise_exception=True)
def node_detail(request: HtmxHttpRequest, node_id: int) -> HttpResponse:
    """Show a node: how it stands, outside reports, payments, the notice."""
    node, user = get_node(request, node_id), current_user(request)
    context = {
        "project": node.project,
        "node": node,
        "notice": getattr(node, "notice", None),
        "reports": node.reports.defer("content").order_by("-reported_on", "-pk"),
        "payments": node.payments.select_related("decided_by").order_by("pk"),
        "may_keep": user.has_perm(KEEP),
        "may_pay": user.has_perm(PAY),
    }
    return render_page(request, "customers/works/node.html", context, partial="node")


@require_http_methods(FORM_METHODS)
@permission_required(KEEP, raise_exception=True)
@idempotent()
def node_add(request: HtmxHttpRequest, project_id: int) -> HttpResponse:
    """Plan a node."""
    project, actor = get_project(request, project_id), current_user(request)
    form = forms.NodeForm(request.POST or None, instance=ConstructionNode(project=project))

    def run(valid: Any) -> str:
        node = nodes.save_node(node=valid.save(commit=False), actor=actor, now=timezone.now())
        return node_url(node)

    back = reverse("customers:project-nodes", args=[project.pk])
    return service_form(
        request,
        project=project,
        form=form,
        title=_("Building node"),
        back=back,
        run=run,
        done=_("The node is saved."),
    )


@require_http_methods(FORM_METHODS)
@permission_required(KEEP, raise_exception=True)
@idempotent()
def node_edit(request: HtmxHttpRequest, node_id: int) -> HttpResponse:
    """Change the plan of a node."""
    node, actor = get_node(request, node_id), current_user(request)

    def save(valid: Any) -> str:
        nodes.save_node(node=valid.save(commit=False), actor=actor, now=timezone.now())
        messages.success(request, _("The node is saved."))
        return node_url(node)

    context = {"project": node.project, "title": str(node), "cancel_url": node_url(node)}
    return edit_page(
        request,
        edit=edit_of(node, actor),
        form=lambda data: forms.NodeForm(data, instance=get_node(request, node_id)),
        template=FORM,
        save=save,
        context=context,
    )


@require_http_methods(FORM_METHODS)
@permission_required(KEEP, raise_exception=True)
@idempotent()
def node_reach(request: HtmxHttpRequest, node_id: int) -> HttpResponse:
    """Note that a node was reached; the draft of its notice is made at once."""
    node, actor = get_node(request, node_id), current_user(request)
    form = forms.DayForm(request.POST or None, initial={"on": timezone.localdate()})
    return service_form(
        request,
        project=node.project,
        form=form,
        title=_("%(node)s is reached") % {"node": node},
        back=node_url(node),
        run=lambda valid: nodes.reach_node(
            node=node, on=valid.cleaned_data["on"], actor=actor, now=timezone.now()
        ),
        done=_("The node is reached. The draft of the notice to customers is made."),
    )


@require_http_methods(FORM_METHODS)
@permission_required(KEEP, raise_exception=True)
@idempotent()
def node_accept(request: HtmxHttpRequest, node_id: int) -> HttpResponse:
    """Note what the acceptance of a node found."""
    node, actor = get_node(request, node_id), current_user(request)
    return service_form(
        request,
        project=node.project,
        form=forms.AcceptForm(request.POST or None),
        title=_("Acceptance of %(node)s") % {"node": node},
        back=node_url(node),
        run=lambda valid: nodes.accept_node(
            node=node, actor=actor, now=timezone.now(), **valid.cleaned_data
        ),
        done=_("The acceptance is on file."),
    )


@require_http_methods(FORM_METHODS)
@permission_required(KEEP, raise_exception=True)
@idempotent()
def report_add(request: HtmxHttpRequest, node_id: int) -> HttpResponse:
    """Keep the report of an outside body."""
    node, actor = get_node(request, node_id), current_user(request)
    form = forms.ReportForm(
        request.POST or None, request.FILES or None, instance=NodeReport(node=node, author=actor)
    )
    return service_form(
        request,
        project=node.project,
        form=form,
        title=_("Outside report on %(node)s") % {"node": node},
        back=node_url(node),
        run=lambda valid: nodes.add_report(
            report=valid.save(commit=False),
            paper=valid.cleaned_data["paper"],
            actor=actor,
            now=timezone.now(),
        ),
        done=_("The report is on file."),
        has_file=True,
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def report_file(request: HtmxHttpRequest, node_report_id: int) -> HttpResponse:
    """Hand out the paper of an outside report."""
    return hand_out(_report(request, node_report_id))


@require_http_methods(FORM_METHODS)
@permission_required(KEEP, raise_exception=True)
@idempotent()
def report_close(request: HtmxHttpRequest, node_report_id: int) -> HttpResponse:
    """Note how the issues of a report were closed."""
    report, actor = _report(request, node_report_id), current_user(request)
    node = get_node(request, report.node_id)
    return service_form(
        request,
        project=node.project,
        form=forms.ClosureForm(request.POST or None),
        title=_("Close the issues of %(report)s") % {"report": report},
        back=node_url(node),
        run=lambda valid: nodes.close_issues(
            report=report, actor=actor, now=timezone.now(), **valid.cleaned_data
        ),
        done=_("The issues are closed."),
        lead=report.issues,
    )


@require_http_methods(FORM_METHODS)
@permission_required(PAY, raise_exception=True)
@idempotent()
def payment_add(request: HtmxHttpRequest, node_id: int) -> HttpResponse:
    """Write down money that waits for a node."""
    node, actor = get_node(request, node_id), current_user(request)
    return service_form(
        request,
        project=node.project,
        form=forms.PaymentForm(request.POST or None, instance=NodePayment(node=node)),
        title=_("Payment for %(node)s") % {"node": node},
        back=node_url(node),
        run=lambda valid: payments.plan_payment(
            payment=valid.save(commit=False), actor=actor, now=timezone.now()
        ),
        done=_("The payment is planned."),
    )


@require_POST
@permission_required(PAY, raise_exception=True)
@idempotent()
def payment_release(request: HtmxHttpRequest, node_payment_id: int) -> HttpResponse:
    """Release money; refused (409) while its node is not accepted."""
    payment = _payment(request, node_payment_id)
    payments.release_payment(payment=payment, actor=current_user(request), now=timezone.now())
    messages.success(request, _("The money is released."))
    return go_to(request, node_url(payment.node))


@require_http_methods(FORM_METHODS)
@permission_required(PAY, raise_exception=True)
@idempotent()
def payment_hold(request: HtmxHttpRequest, node_payment_id: int) -> HttpResponse:
    """Hold money back, with a reason."""
    payment, actor = _payment(request, node_payment_id), current_user(request)
    return service_form(
        request,
        project=payment.node.project,
        form=forms.HoldBackForm(request.POST or None),
        title=_("Hold back the payment"),
        back=node_url(payment.node),
        run=lambda valid: payments.hold_payment(
            payment=payment, actor=actor, now=timezone.now(), **valid.cleaned_data
        ),
        done=_("The money is held back."),
        lead=f"{payment} · {payment.amount}",
    )


def _report(request: HtmxHttpRequest, node_report_id: int) -> NodeReport:
    rows = NodeReport.objects.visible_to(current_user(request))
    found: NodeReport | None = rows.filter(pk=node_report_id).first()
    if found is None:
        raise Http404
    return found


def _payment(request: HtmxHttpRequest, node_payment_id: int) -> NodePayment:
    rows = NodePayment.objects.visible_to(current_user(request))
    rows = rows.select_related("node__project", "node__building")
    found: NodePayment | None = rows.filter(pk=node_payment_id).first()
    if found is None:
        raise Http404
    return found
