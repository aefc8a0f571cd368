"""Why a customer has its grade, setting it by hand, and the runs of the regrade."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest, go_to, wants_partial
from crm_site.common.idempotency import idempotent
from crm_site.staff.current import current_user
from customers.data_categories import may_see_sensitive
from customers.grade_forms import GradeLockForm
from customers.models import Customer, CustomerGrade, RegradeRun
from customers.rules.consent import Purpose
from customers.selectors.grades import explain
from customers.services.consents import has_withdrawn
from customers.services.grade_locks import lock_grade, unlock_grade

WHY = "customers/_grade_why.html"
PAGE = "customers/grade_why.html"
LISTED_RUNS = 50


def _customer(request: HtmxHttpRequest, customer_id: int) -> Customer:
    found = Customer.objects.visible_to(request.user).filter(pk=customer_id).first()
    if found is None:
        raise Http404
    return found  # type: ignore[no-any-return]


@require_safe
@permission_required("customers.view_customer", raise_exception=True)
def grade_why(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Show the working behind the grade, as a card of the record or as a page of its own."""
    return _why(request, _customer(request, customer_id))


@require_POST
@permission_required("customers.lock_grade", raise_exception=True)
@idempotent()
def grade_lock(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Hold the grade at a letter until a day, with a reason; 422 shows the form again."""
    customer = _customer(request, customer_id)
    form = GradeLockForm(request.POST)
    if not form.is_valid():
        return _why(request, customer, form=form, status=422)
    lock_grade(
        customer=customer, actor=current_user(request), now=timezone.now(), **form.cleaned_data
    )
    messages.success(request, _("The grade is locked."))
    return go_to(request, customer.get_absolute_url())


@require_POST
@permission_required("customers.lock_grade", raise_exception=True)
@idempotent()
def grade_unlock(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """End the lock now."""
    customer = _customer(request, customer_id)
    unlock_grade(customer=customer, actor=current_user(request), now=timezone.now())
    messages.success(request, _("The lock is off; the next run grades again."))
    return go_to(request, customer.get_absolute_url())


@require_safe
@permission_required("policies.view_policy", raise_exception=True)
def regrade_runs(request: HtmxHttpRequest) -> HttpResponse:
    """List the latest runs of the regrade: when, by which version, how many changed (CUS-13)."""
    runs = RegradeRun.objects.defer("cutoffs").order_by("-pk")[:LISTED_RUNS]
    return render(request, "customers/grade_runs.html", {"runs": runs})


def _why(
    request: HtmxHttpRequest,
    customer: Customer,
    *,
    form: GradeLockForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    grading = CustomerGrade.objects.filter(customer=customer).first()
    sees = may_see_sensitive(current_user(request), customer)
    if form is None:
        form = GradeLockForm(initial={"grade": grading.grade} if grading else None)
    context = {
        "customer": customer,
        "grading": grading,
        "explained": explain(grading, now=now, sees_sensitive=sees) if grading else None,
        "is_refused": grading is None and has_withdrawn(customer, Purpose.PROFILING),
        "may_lock": request.user.has_perm("customers.lock_grade"),
        "form": form,
    }
    return render(request, WHY if wants_partial(request) else PAGE, context, status=status)
