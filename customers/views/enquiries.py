"""A further enquiry of a known customer, written down on the record."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import form_page
from crm_site.staff.current import current_user
from customers.enquiry_forms import EnquiryForm
from customers.errors import EntryError
from customers.rules.entry import CapturePoint
from customers.services.enquiries import OpenEnquiryError, record_enquiry
from customers.views.customer_record import get_customer

PAGE = "customers/enquiry_form.html"


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("customers.add_customer", raise_exception=True)
@idempotent()
def enquiry_add(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Write down what a known customer asks anew; a still open one is shown instead of doubled."""
    customer, user = get_customer(request, customer_id), current_user(request)
    initial = {"source": customer.source, "project": customer.project_id}
    initial["capture_point"] = CapturePoint.FRONT_DESK.value
    form = EnquiryForm(request.POST or None, request=request, initial=initial)

    def save(valid: EnquiryForm) -> str:
        now = timezone.now()
        try:
            lead = record_enquiry(customer=customer, enquiry=valid.asked(), actor=user, now=now)
        except OpenEnquiryError as refusal:
            context["standing"] = refusal.lead
            raise ValidationError({"project": str(refusal)}) from refusal
        except EntryError as error:
            raise error.as_validation_error() from error
        messages.success(request, _("The enquiry is written down."))
        return reverse("customers:lead-detail", args=[lead.pk])

    context: dict[str, object] = {
        "customer": customer,
        "title": _("New enquiry"),
        "cancel_url": customer.get_absolute_url(),
    }
    return form_page(request, form=form, template=PAGE, save=save, context=context)
