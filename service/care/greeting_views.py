"""Greetings and days of joy; gifts at festivals."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, list_page
from crm_site.staff.current import current_user
from service.care import calendar
from service.care.errors import CareError
from service.care.filters import GiftListFilter, GreetingFilter, OccasionFilter
from service.care.forms import FillForm, GiftListForm, OccasionForm, occasion_of
from service.care.models import CareGift, CareGiftList, CareGreeting, CareOccasion
from service.care.pages import PLAN, VIEW, act, found_in, service_form, to
from service.care.rules.festivals import festival_day
from service.care.services import greeting, papers, plans

GREETINGS = Listing(
    template="service/care/greetings.html",
    sorts={"latest": ("-on", "-id")},
    default_sort="latest",
    filter_class=GreetingFilter,
)
OCCASIONS = Listing(
    template="service/care/occasions.html",
    sorts={"latest": ("-id",)},
    default_sort="latest",
    filter_class=OccasionFilter,
)
GIFTS = Listing(
    template="service/care/gift_lists.html",
    sorts={"latest": ("-year", "-id")},
    default_sort="latest",
    filter_class=GiftListFilter,
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def care_greetings(request: HtmxHttpRequest) -> HttpResponse:
    """Show the log of greetings: whom, why, over which channel, when."""
    user = current_user(request)
    rows = CareGreeting.objects.visible_to(user).select_related("customer", "project", "by")
    rows = rows.with_message()
    context = {"may_plan": user.has_perm(PLAN)}
    return list_page(request, queryset=rows, listing=GREETINGS, context=context)


@require_POST
@permission_required(PLAN, raise_exception=True)
@idempotent()
def care_greeting_done(request: HtmxHttpRequest, greeting_id: int) -> HttpResponse:
    """Note that one greeted in person."""
    row = found_in(CareGreeting.objects, request, greeting_id)
    return act(
        request,
        lambda: greeting.greet_by_hand(
            greeting=row, actor=current_user(request), now=timezone.now()
        ),
        back=to("care-greetings"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PLAN, raise_exception=True)
@idempotent()
def care_occasion_add(request: HtmxHttpRequest) -> HttpResponse:
    """Note a day of a customer that is kept every year."""
    user = current_user(request)
    form = OccasionForm(request.POST or None, user=user)

    def run(valid: OccasionForm) -> None:
        owner = greeting.owners().filter(pk=valid.cleaned_data["customer"].pk).first()
        if owner is None:
            raise CareError(_("This customer owns no home yet."))
        row = occasion_of(valid, project_id=owner.own or owner.shared, by=user)
        known = CareOccasion.objects.filter(
            customer=row.customer, kind=row.kind, month=row.month, day=row.day
        )
        if known.exists():
            raise CareError(_("This day of the customer is known already."))
        row.save()

    home = to("care-occasions")
    return service_form(
        request,
        form=form,
        title=_("Note a day of joy"),
        crumb=(home, _("Days of joy")),
        back=home,
        run=run,
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def care_calendar(request: HtmxHttpRequest) -> HttpResponse:
    """Show what comes in the next days: festivals, birthdays, days of joy, events, activities."""
    user = current_user(request)
    context = {
        "days": calendar.coming(user, today=timezone.localdate()),
        "ahead": calendar.AHEAD,
        "may_plan": user.has_perm(PLAN),
    }
    return render(request, "service/care/calendar.html", context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def care_occasions(request: HtmxHttpRequest) -> HttpResponse:
    """Show the days of joy that are noted."""
    user = current_user(request)
    rows = CareOccasion.objects.visible_to(user).select_related("customer", "project", "created_by")
    context = {"may_plan": user.has_perm(PLAN)}
    return list_page(request, queryset=rows, listing=OCCASIONS, context=context)


@require_POST
@permission_required(PLAN, raise_exception=True)
@idempotent()
def care_occasion_remove(request: HtmxHttpRequest, occasion_id: int) -> HttpResponse:
    """Take a noted day away; what was greeted stays in the log."""
    row = found_in(CareOccasion.objects, request, occasion_id)
    actor = current_user(request)
    return act(
        request,
        lambda: greeting.forget_day(occasion=row, actor=actor, now=timezone.now()),
        back=to("care-occasions"),
        done=_("The day is not kept any more."),
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def care_gift_lists(request: HtmxHttpRequest) -> HttpResponse:
    """Show the lists of gifts with how many were given."""
    user = current_user(request)
    rows = CareGiftList.objects.visible_to(user).select_related("project")
    rows = rows.annotate(
        people=Count("gifts"), given=Count("gifts", filter=Q(gifts__given_at__isnull=False))
    )
    context = {"may_plan": user.has_perm(PLAN)}
    return list_page(request, queryset=rows, listing=GIFTS, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PLAN, raise_exception=True)
@idempotent()
def care_gift_list_add(request: HtmxHttpRequest) -> HttpResponse:
    """Begin a list of gifts."""
    form = GiftListForm(request.POST or None, user=current_user(request))
    home = to("care-gift-lists")
    return service_form(
        request,
        form=form,
        title=_("Plan gifts"),
        crumb=(home, _("Gifts")),
        back=home,
        run=lambda valid: to("care-gift-list", valid.save().pk),
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def care_gift_list(request: HtmxHttpRequest, gift_list_id: int) -> HttpResponse:
    """Show a list of gifts: who gets one, who has it."""
    row, user = _gifts(request, gift_list_id), current_user(request)
    people = list(
        row.gifts.select_related("customer", "given_by").order_by("customer__sort_key", "pk")
    )
    context = {
        "gifts": row,
        "day": festival_day(row.festival, row.year),
        "people": people,
        "total": row.value * len(people),
        "given": sum(one.given_at is not None for one in people),
        "form": FillForm(),
        "may_plan": user.has_perm(PLAN),
    }
    return render(request, "service/care/gift_list.html", context)


@require_POST
@permission_required(PLAN, raise_exception=True)
@idempotent()
def care_gift_fill(request: HtmxHttpRequest, gift_list_id: int) -> HttpResponse:
    """Put owners into a list; who has a gift of this festival is left out."""
    row = _gifts(request, gift_list_id)
    form = FillForm(request.POST)
    if not form.is_valid():
        raise CareError(_("Choose grades from A to E."))
    new, left_out = plans.fill_gifts(gifts=row, grades=form.cleaned_data["grades"])
    words = _("%(new)s added, %(left)s left out who get one already.")
    messages.success(request, words % {"new": new, "left": left_out})
    return go_to(request, to("care-gift-list", row.pk))


@require_POST
@permission_required(PLAN, raise_exception=True)
@idempotent()
def care_gift_submit(request: HtmxHttpRequest, gift_list_id: int) -> HttpResponse:
    """Ask for the signature of a list."""
    row = _gifts(request, gift_list_id)
    return act(
        request,
        lambda: papers.submit(
            kind=papers.GIFTS, paper=row, actor=current_user(request), now=timezone.now()
        ),
        back=to("care-gift-list", row.pk),
        done=_("It waits for signatures."),
    )


@require_POST
@permission_required(PLAN, raise_exception=True)
@idempotent()
def care_gift_remove(request: HtmxHttpRequest, gift_list_id: int, gift_id: int) -> HttpResponse:
    """Take somebody out of a draft."""
    gift = _gift(request, gift_list_id, gift_id)
    return act(request, lambda: plans.remove_gift(gift=gift), back=to("care-gift-list", gift.of_id))


@require_POST
@permission_required(PLAN, raise_exception=True)
@idempotent()
def care_gift_hand(request: HtmxHttpRequest, gift_list_id: int, gift_id: int) -> HttpResponse:
    """Note that a customer has the gift."""
    gift = _gift(request, gift_list_id, gift_id)
    return act(
        request,
        lambda: plans.hand_gift(gift=gift, actor=current_user(request), now=timezone.now()),
        back=to("care-gift-list", gift.of_id),
    )


def _gifts(request: HtmxHttpRequest, pk: int) -> CareGiftList:
    found: CareGiftList = found_in(CareGiftList.objects, request, pk, "project", "approval")
    return found


def _gift(request: HtmxHttpRequest, list_id: int, pk: int) -> CareGift:
    found = CareGift.objects.filter(of=_gifts(request, list_id), pk=pk).first()
    if found is None:
        raise Http404
    return found
