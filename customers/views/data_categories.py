"""The page of data categories: which field is what, who sees it, how long it stays (CUS-02)."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.staff.current import current_user
from customers.data_categories import LABELS
from customers.models import CustomField
from customers.rules.categories import DataCategory
from customers.selectors.categories import read_categories
from customers.services.categories import set_custom_category

SET = "customers.set_data_category"


class CustomCategoryForm(forms.Form):
    """Which category a field of the company belongs to."""

    field = forms.ModelChoiceField(
        label=gettext_lazy("Field"),
        queryset=CustomField.objects.filter(is_active=True),
        to_field_name="key",
    )
    category = forms.TypedChoiceField(
        label=gettext_lazy("Category"), choices=list(LABELS.items()), coerce=DataCategory
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("customers.view_data_categories", raise_exception=True)
@idempotent()
def data_categories(request: HtmxHttpRequest) -> HttpResponse:
    """List every field by category; the privacy officer sets the category of added fields."""
    user = current_user(request)
    may_set = user.has_perm(SET)
    form = CustomCategoryForm(request.POST or None)
    if request.method == "POST":
        if not may_set:
            raise PermissionDenied
        if form.is_valid():
            set_custom_category(actor=user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The category is set."))
            return go_to(request, reverse("customers:data-categories"))
    context = {
        "categories": read_categories(now=timezone.now()),
        "may_set": may_set and CustomField.objects.filter(is_active=True).exists(),
        "form": form,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "customers/data_categories.html", context, status=status)
