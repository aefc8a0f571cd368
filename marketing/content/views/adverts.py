"""Adverts: the list, the page with its joint review, every step, the archive (MKT-25 to 29)."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.files import hand_out
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, form_page, list_page
from crm_site.staff.current import current_user
from marketing.content import choices, selectors
from marketing.content.filters import AdvertFilter, ArchiveFilter
from marketing.content.forms import (
    AdvertForm,
    AppearanceForm,
    EffectForm,
    OpinionForm,
    ReasonForm,
    WordingForm,
)
from marketing.content.models import Advert, PublishedAdvert
from marketing.content.pages import change_form, done, found_in, sent, short_form, working
from marketing.content.querysets import KEEP, REVIEW, SIGN, VIEW
from marketing.content.rules.adverts import WRITABLE, AdvertState
from marketing.content.services import adverts, publishing
from marketing.content.services.quoting import unproven_points
from marketing.content.services.wording import write_wording

S = AdvertState
LISTING = Listing(
    template="marketing/content/adverts.html",
    sorts={"latest": ("-id",)},
    default_sort="latest",
    filter_class=AdvertFilter,
)
ARCHIVE = Listing(
    template="marketing/content/archive.html",
    sorts={"latest": ("-published_on", "-id")},
    default_sort="latest",
    filter_class=ArchiveFilter,
)


def get_advert(request: HtmxHttpRequest, key: int) -> Advert:
    """Return the advert; 404 where it is missing or of another place."""
    joined = ("project", "region", "owner", "version__asset", "approval")
    found: Advert = found_in(Advert.objects, request, key, *joined)
    return found


@require_safe
@permission_required(VIEW, raise_exception=True)
def advert_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the adverts, the latest first."""
    user = current_user(request)
    rows = Advert.objects.visible_to(user).select_related("project", "region", "owner", "version")
    context = {"may_keep": user.has_perm(KEEP)}
    return list_page(request, queryset=rows, listing=LISTING, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def advert_add(request: HtmxHttpRequest) -> HttpResponse:
    """Plan an advert; ``?campaign=`` fills in what it is for."""
    code = request.GET.get("campaign", "")
    return short_form(
        request,
        form=AdvertForm(request.POST or None, user=current_user(request), campaign=code),
        title=_("New advert"),
        back=reverse("marketing:adverts"),
        run=lambda data: adverts.plan_advert(draft=adverts.AdvertDraft(**data), **working(request)),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(VIEW, raise_exception=True)
@idempotent()
def advert(request: HtmxHttpRequest, advert_id: int) -> HttpResponse:
    """Show an advert: its text with what the scan found, who signed; a post gives an opinion."""
    row, user = get_advert(request, advert_id), current_user(request)
    reviews = any(user.has_perm(right) for right in (*REVIEW.values(), SIGN))
    may_speak = reviews and row.state == S.REVIEW
    form = OpinionForm(request.POST or None)

    def save(valid: OpinionForm) -> str:
        text = valid.cleaned_data["text"]
        publishing.give_opinion(advert=row, text=text, **working(request))
        return row.get_absolute_url()

    keeps = user.has_perm(KEEP)
    context = {
        "advert": row,
        "version": row.version,
        "levels": dict(choices.LEVELS),
        "claims": row.version.claims.order_by("pk") if row.version else [],
        "versions": row.versions.select_related("written_by").order_by("-number"),
        "opinions": row.version.opinions.select_related("reviewer").order_by("pk")
        if row.version
        else [],
        "lines": selectors.review_lines(row.approval),
        "published": row.published.order_by("-published_on"),
        "events": row.events.select_related("actor").order_by("-pk"),
        "unproven_points": unproven_points(row) if row.state in WRITABLE else [],
        "may_speak": may_speak,
        "may_write": keeps and row.state in WRITABLE,
        "may_plan": keeps and row.state in (S.PLANNED, S.DRAFT),
        "may_ask": keeps and row.state == S.DRAFT,
        "may_release": keeps and row.state == S.APPROVED,
        "may_publish": keeps and row.state in (S.RELEASED, S.PUBLISHED),
        "may_evaluate": keeps and row.state == S.PUBLISHED,
    }
    template = "marketing/content/advert.html"
    return form_page(request, form=form, template=template, save=save, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def advert_edit(request: HtmxHttpRequest, advert_id: int) -> HttpResponse:
    """Change the plan of an advert."""
    row, user = get_advert(request, advert_id), current_user(request)

    def form(data: Any) -> BaseForm:
        return AdvertForm(data, user=user, row=get_advert(request, row.pk))

    return change_form(
        request,
        row=row,
        form=form,
        run=lambda data: adverts.change_plan(
            advert=row, draft=adverts.AdvertDraft(**data), **working(request)
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def advert_write(request: HtmxHttpRequest, advert_id: int) -> HttpResponse:
    """Write the text of an advert; in review this voids the signatures."""
    row, user = get_advert(request, advert_id), current_user(request)
    made: list[WordingForm] = []

    def form(data: Any) -> BaseForm:
        standing = get_advert(request, row.pk)
        made.append(WordingForm(data, user=user, advert=standing, now=timezone.now()))
        return made[-1]

    def run(_data: dict[str, Any]) -> None:
        write_wording(advert=row, wording=made[-1].wording(), **working(request))

    title = _("Text of %(advert)s") % {"advert": row}
    return change_form(request, row=row, form=form, run=run, title=title)


@require_POST
@permission_required(KEEP, raise_exception=True)
@idempotent()
def advert_ask(request: HtmxHttpRequest, advert_id: int) -> HttpResponse:
    """Send an advert into its joint review."""
    row = get_advert(request, advert_id)
    adverts.ask_review(advert=row, **working(request))
    return done(request, row, _("The departments are asked to sign."))


@require_POST
@permission_required(KEEP, raise_exception=True)
@idempotent()
def advert_release(request: HtmxHttpRequest, advert_id: int) -> HttpResponse:
    """Release an approved advert."""
    row = get_advert(request, advert_id)
    adverts.release(advert=row, **working(request))
    return done(request, row, _("The advert is released."))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def advert_publish(request: HtmxHttpRequest, advert_id: int) -> HttpResponse:
    """Put an appearance with its proof into the archive."""
    row = get_advert(request, advert_id)
    return short_form(
        request,
        form=AppearanceForm(*sent(request)),
        title=_("Where did %(advert)s appear?") % {"advert": row},
        back=row.get_absolute_url(),
        submit=gettext_lazy("Into the archive"),
        run=lambda data: publishing.note_publication(
            advert=row, appearance=publishing.Appearance(**data), **working(request)
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def advert_evaluate(request: HtmxHttpRequest, advert_id: int) -> HttpResponse:
    """Note what a published advert did."""
    row = get_advert(request, advert_id)
    return short_form(
        request,
        form=EffectForm(request.POST or None),
        title=_("Effect of %(advert)s") % {"advert": row},
        back=row.get_absolute_url(),
        run=lambda data: publishing.evaluate(advert=row, **data, **working(request)),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def advert_stop(request: HtmxHttpRequest, advert_id: int) -> HttpResponse:
    """Give an advert up before its release."""
    row = get_advert(request, advert_id)
    return short_form(
        request,
        form=ReasonForm(request.POST or None),
        title=_("Give up %(advert)s") % {"advert": row},
        back=row.get_absolute_url(),
        submit=gettext_lazy("Give up"),
        run=lambda data: adverts.stop_advert(advert=row, **data, **working(request)),
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def advert_archive(request: HtmxHttpRequest) -> HttpResponse:
    """Show what was published, found by words of text or claims."""
    rows = PublishedAdvert.objects.visible_to(current_user(request)).select_related("project")
    return list_page(request, queryset=rows.defer("tokens", "folded"), listing=ARCHIVE)


@require_safe
@permission_required(VIEW, raise_exception=True)
def published_advert(request: HtmxHttpRequest, published_advert_id: int) -> HttpResponse:
    """Show a record of the archive with its claims."""
    joined = ("advert", "project", "noted_by")
    row = found_in(PublishedAdvert.objects, request, published_advert_id, *joined)
    context = {"row": row, "claims": row.claims.order_by("pk")}
    return render(request, "marketing/content/published.html", context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def published_proof(request: HtmxHttpRequest, published_advert_id: int) -> HttpResponse:
    """Hand out the proof of an appearance."""
    row = found_in(PublishedAdvert.objects, request, published_advert_id, "proof")
    return hand_out(row.proof)
