"""The tag dictionary, and the tags of one customer (CUS-16)."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.edits import edit_of
from crm_site.common.htmx import HtmxHttpRequest, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import active_filters, edit_page, form_page
from crm_site.staff.current import current_user
from customers.filters import CustomerFilter
from customers.models import Customer, Tag
from customers.selectors.tags import tag_rows
from customers.services.tags import put_tag, retire_tag, rule_from, save_tag, take_tag
from customers.tag_forms import PutTagForm, RetireForm, TagForm
from customers.views.customer_record import get_customer

FORM = "customers/tag_form.html"


@require_safe
@permission_required("customers.edit_tags", raise_exception=True)
def tag_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the words in use by group, with the number of customers in the asker's sight."""
    seen = Q(rows__customer__in=Customer.objects.visible_to(request.user).values("pk"))
    tags = Tag.objects.filter(is_active=True).select_related("owner")
    counted = tags.annotate(customers=Count("rows", filter=seen)).order_by("group", "name")
    context = {"tags": list(counted), "list_url": reverse("customers:customer-list")}
    return render(request, "customers/tag_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("customers.edit_tags", raise_exception=True)
@idempotent()
def tag_add(request: HtmxHttpRequest) -> HttpResponse:
    """Add a word; filters in the query string become its rule."""
    initial = {"owner": request.user.pk, "rule": rule_from(request.GET)}
    form = TagForm(_typed(request) or None, request=request, initial=initial)
    return form_page(
        request, form=form, template=FORM, save=_saver(request), context=_around(request, form)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("customers.edit_tags", raise_exception=True)
@idempotent()
def tag_edit(request: HtmxHttpRequest, tag_id: int) -> HttpResponse:
    """Change a word; filters in the query string become its new rule."""
    tag = _tag(tag_id)

    def form(data: Any, **more: Any) -> TagForm:
        return TagForm(data and _typed(request), request=request, instance=tag, **more)

    shown = form(request.POST or None)
    if request.GET:
        shown = form(request.POST or None, initial={"rule": rule_from(request.GET)})
    return edit_page(
        request,
        edit=edit_of(tag, current_user(request)),
        form=form,
        template=FORM,
        save=_saver(request),
        context=_around(request, shown),
        proposal=None if shown.is_bound else shown,
    )


def _typed(request: HtmxHttpRequest) -> QueryDict:
    """Return what was sent; without its tick a rule is none."""
    data = request.POST.copy()
    if data and not data.get("has_rule"):
        data["rule"] = ""
    return data


def _around(request: HtmxHttpRequest, form: TagForm) -> dict[str, Any]:
    """Return what stands around the form of a tag: its rule in words, where to choose another."""
    query = QueryDict(form["rule"].value() or "")
    list_url = reverse("customers:customer-list")
    marked = f"&for_tag={form.instance.pk}" if form.instance.pk else ""
    return {
        "title": form.instance.name or _("New tag"),
        "tag": form.instance,
        "rule_chips": _chips(request, query),
        "rule_url": f"{list_url}?view=all&{query.urlencode()}{marked}",
    }


def _saver(request: HtmxHttpRequest) -> Callable[[TagForm], str]:
    def save(valid: TagForm) -> str:
        save_tag(tag=valid.save(commit=False), actor=current_user(request), now=timezone.now())
        messages.success(request, _("Tag “%(name)s” saved.") % {"name": valid.instance.name})
        return reverse("customers:tag-list")

    return save


def _chips(request: HtmxHttpRequest, query: Any) -> list[Any]:
    """Return the filters of a rule in words."""
    filters = CustomerFilter(query, queryset=Customer.objects.none(), request=request)
    asked = type("Asked", (), {"GET": query})()
    return active_filters(asked, filters) if query else []


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("customers.edit_tags", raise_exception=True)
@idempotent()
def tag_retire(request: HtmxHttpRequest, tag_id: int) -> HttpResponse:
    """Ask which tag takes over, then take the word out of use."""
    tag = _tag(tag_id)
    form = RetireForm(request.POST if request.method == "POST" else None, tag=tag)
    context = {"tag": tag, "used": tag.rows.count()}

    def save(valid: RetireForm) -> str:
        moved = retire_tag(
            tag=tag,
            replacement=valid.cleaned_data["replacement"],
            actor=current_user(request),
            now=timezone.now(),
        )
        words = _("Tag “%(name)s” is no longer in use; %(n)s customers got its replacement.")
        messages.success(request, words % {"name": tag.name, "n": moved})
        return reverse("customers:tag-list")

    template = "customers/tag_retire.html"
    return form_page(request, form=form, template=template, save=save, context=context)


@require_safe
@permission_required("customers.change_customer", raise_exception=True)
def customer_tags(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Show the tags of one customer with the ways to add and take off."""
    return _tags(request, get_customer(request, customer_id))


@require_POST
@permission_required("customers.change_customer", raise_exception=True)
@idempotent()
def customer_tag_put(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Put a tag on the customer."""
    customer = get_customer(request, customer_id)
    form = PutTagForm(request.POST)
    if form.is_valid():
        try:
            put_tag(
                customer=customer,
                tag=form.cleaned_data["tag"],
                actor=current_user(request),
                now=timezone.now(),
            )
        except ValidationError as error:
            form.add_error("tag", error.messages[0])
        else:
            return _changed(request, customer)
    return _tags(request, customer, form=form, status=422)


@require_POST
@permission_required("customers.change_customer", raise_exception=True)
def customer_tag_take(request: HtmxHttpRequest, customer_id: int, tag_id: int) -> HttpResponse:
    """Take a tag off the customer; one that is gone already stays gone."""
    customer = get_customer(request, customer_id)
    tag = _tag(tag_id, retired_too=True)
    try:
        take_tag(customer=customer, tag=tag, actor=current_user(request), now=timezone.now())
    except ValidationError as error:
        form = PutTagForm({}, customer=customer)
        form.errors["tag"] = form.error_class(error.messages)
        return _tags(request, customer, form=form, status=422)
    return _changed(request, customer)


def _changed(request: HtmxHttpRequest, customer: Customer) -> HttpResponse:
    if request.htmx:
        return _tags(request, customer)
    return redirect("customers:customer-tags", customer.pk)


def _tags(
    request: HtmxHttpRequest,
    customer: Customer,
    *,
    form: PutTagForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "customer": customer,
        "tag_rows": tag_rows(customer),
        "tag_form": form or PutTagForm(customer=customer),
    }
    template = "customers/customer_tags.html"
    return render_page(request, template, context, partial="tags", status=status)


def _tag(tag_id: int, *, retired_too: bool = False) -> Tag:
    tags = Tag.objects.select_related("owner")
    if not retired_too:
        tags = tags.filter(is_active=True)
    tag = tags.filter(pk=tag_id).first()
    if tag is None:
        raise Http404
    return tag
