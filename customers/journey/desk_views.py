"""The menu of the customer desk and its notice to a sales site (CUS-72)."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import form_page
from crm_site.outbox.errors import MessageParamsError
from crm_site.staff.current import current_user
from customers.journey.desk import DESK, FUNCTIONS, tell_sites
from customers.journey.forms import NoticeForm


@require_safe
@permission_required(DESK, raise_exception=True)
def desk(request: HtmxHttpRequest) -> HttpResponse:
    """Show the eight functions of the customer desk, each a link to its page."""
    return render(request, "customers/journey/desk.html", {"functions": FUNCTIONS})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(DESK, raise_exception=True)
@idempotent()
def desk_notice(request: HtmxHttpRequest) -> HttpResponse:
    """Write a notice to everybody who sells at a project."""
    user = current_user(request)
    form = NoticeForm(request.POST or None, user=user)

    def save(valid: NoticeForm) -> str:
        try:
            told = tell_sites(actor=user, now=timezone.now(), **valid.cleaned_data)
        except MessageParamsError as error:
            words = _("A notice holds no phone number. Name the record instead.")
            raise ValidationError(words) from error
        words = ngettext("%(n)s colleague is told.", "%(n)s colleagues are told.", told)
        messages.success(request, words % {"n": told})
        return reverse("customers:desk")

    context = {"title": _("Tell the sales sites"), "cancel_url": reverse("customers:desk")}
    return form_page(
        request, form=form, template="customers/journey/form.html", save=save, context=context
    )
