"""Controlled documents: the list, one document with its versions, writing, reading, confirming."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.edits import Edit, carry_base
from crm_site.common.files import hand_out
from crm_site.common.htmx import HtmxHttpRequest, go_to, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, edit_page, form_page, list_page
from crm_site.common.refusals import NotAllowedError
from crm_site.common.subjects import references
from crm_site.documents import registry, services
from crm_site.documents.filters import DocumentFilter
from crm_site.documents.forms import VersionForm
from crm_site.documents.models import Acknowledgement, Document, DocumentFile, DocumentVersion
from crm_site.documents.registry import VIEW, DocumentKind, written_by
from crm_site.documents.selectors import (
    latest_number,
    lines,
    readable,
    version_lines,
    with_versions,
)
from crm_site.documents.services.content import digest_of, file_of
from crm_site.staff.current import current_user
from crm_site.staff.models import User

DETAIL = "documents/document_detail.html"
FORM = "documents/document_form.html"
LISTING = Listing(
    template="documents/document_list.html",
    sorts={"latest": ("-updated_at", "-pk"), "number": ("number", "pk")},
    default_sort="latest",
    filter_class=DocumentFilter,
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def document_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the documents one may read, found by kind, state or any part of their text."""
    user, today = current_user(request), timezone.localdate()
    return list_page(
        request,
        queryset=with_versions(Document.objects.visible_to(user)),
        listing=LISTING,
        present=lambda rows: lines(rows, user=user, today=today),
        context={"may_write": bool(written_by(user))},
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def document_kinds(request: HtmxHttpRequest) -> HttpResponse:
    """Show the kinds of documents one may write."""
    found = written_by(current_user(request))
    if not found:
        raise NotAllowedError(_("Your role does not write documents."))
    return render(request, "documents/document_kinds.html", {"kinds": found})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(VIEW, raise_exception=True)
@idempotent()
def document_add(request: HtmxHttpRequest, document_kind: str) -> HttpResponse:
    """Write a new document; it is a draft at first."""
    user, kind = current_user(request), _kind(request, document_kind)
    posted = request.POST if request.method == "POST" else None
    more = posted is not None and "more" in posted
    form = VersionForm(posted, request.FILES or None, kind=kind, user=user, more=more)

    def save(valid: VersionForm) -> str:
        document = services.create_document(
            kind=kind.key,
            draft=valid.draft(),
            subject_id=valid.cleaned_data.get("subject_id"),
            actor=user,
            now=timezone.now(),
        )
        messages.success(request, _("The draft is saved. Send it for approval when it is ready."))
        return _url(document)

    context = {"kind": kind, "title": kind.label, "cancel_url": reverse("documents:document-kinds")}
    if more:
        return render_page(request, FORM, {"form": form} | context, partial="form")
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def document_detail(request: HtmxHttpRequest, document_id: int) -> HttpResponse:
    """Show the version that counts, or the latest; who still has to confirm it; its history."""
    document = _document(request, document_id)
    today, user = timezone.localdate(), current_user(request)
    rows = readable(document, user)
    latest = latest_number(rows.only("number", "state", "effective_from"), today)
    version = rows.filter(number=latest or 0).first() or rows.order_by("-number").first()
    return _detail(request, document, version, today)


@require_safe
@permission_required(VIEW, raise_exception=True)
def document_version(request: HtmxHttpRequest, document_id: int, version: int) -> HttpResponse:
    """Show one version of a document."""
    document = _document(request, document_id)
    found = _version(request, document, version)
    return _detail(request, document, found, timezone.localdate())


@require_safe
@permission_required(VIEW, raise_exception=True)
def version_file(request: HtmxHttpRequest, document_id: int, version: int) -> HttpResponse:
    """Hand out the file of a version, to be saved."""
    found = _version(request, _document(request, document_id), version)
    file = DocumentFile.objects.filter(version=found).first()
    if file is None:
        raise Http404
    return hand_out(file)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(VIEW, raise_exception=True)
@idempotent()
def document_edit(request: HtmxHttpRequest, document_id: int) -> HttpResponse:
    """Write the version at work, or begin the next one; a text in review loses its signatures."""
    document, user = _document(request, document_id, writing=True), current_user(request)
    kind = _kind(request, document.kind)
    more = "more" in request.POST

    def form(data: Any) -> BaseForm:
        last = document.versions.select_related("document").order_by("-number").first()
        files = request.FILES or None if data is not None else None
        return VersionForm(
            data, files, kind=kind, user=user, version=last, more=more and bool(data)
        )

    def save(valid: VersionForm) -> str:
        services.change_document(
            document=document, draft=valid.draft(), actor=user, now=timezone.now()
        )
        messages.success(request, _("The draft is saved."))
        return reverse("documents:version", args=[document.pk, _last(document).number])

    context = {"kind": kind, "document": document, "title": document.title}
    context |= {"cancel_url": _url(document), "last": _last(document)}
    if more:
        shown = carry_base(form(request.POST), request)
        return render_page(request, FORM, {"form": shown} | context, partial="form")
    return edit_page(
        request,
        # a key instead of the row: a signature locks the approval first, then the document
        edit=Edit(f"documents.document:{document.pk}", user.pk),
        form=form,
        template=FORM,
        save=save,
        context=context,
    )


@require_POST
@permission_required(VIEW, raise_exception=True)
@idempotent()
def document_submit(request: HtmxHttpRequest, document_id: int) -> HttpResponse:
    """Send the draft for its signatures; a kind without any counts at once."""
    document, user = _document(request, document_id, writing=True), current_user(request)
    version = services.submit_version(document=document, actor=user, now=timezone.now())
    done = _("The version is approved.") if version.is_approved else _("Sent for approval.")
    messages.success(request, done)
    return go_to(request, reverse("documents:version", args=[document.pk, version.number]))


@require_POST
@permission_required(VIEW, raise_exception=True)
@idempotent()
def document_discard(request: HtmxHttpRequest, document_id: int) -> HttpResponse:
    """Throw the draft of the next version away."""
    document, user = _document(request, document_id, writing=True), current_user(request)
    services.discard_draft(document=document, actor=user, now=timezone.now())
    messages.success(request, _("The draft is discarded."))
    return go_to(request, _url(document))


@require_POST
@permission_required(VIEW, raise_exception=True)
@idempotent()
def document_read(request: HtmxHttpRequest, document_id: int) -> HttpResponse:
    """Confirm having read exactly the version that was open."""
    document, user = _document(request, document_id), current_user(request)
    number = request.POST.get("version", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 6):
        raise Http404
    services.acknowledge(
        version=_version(request, document, int(number)),
        digest=request.POST.get("digest", ""),
        reader=user,
        now=timezone.now(),
    )
    messages.success(request, _("You have confirmed that you read it."))
    return go_to(request, _url(document))


def _detail(
    request: HtmxHttpRequest, document: Document, version: DocumentVersion | None, today: date
) -> HttpResponse:
    user, kind = current_user(request), document.definition
    if version is None or kind is None:
        raise Http404
    found = version_lines(document, user=user, today=today)
    shown = next(line for line in found if line.version.pk == version.pk)
    at_work = next((line.version for line in found if not line.version.is_approved), None)
    pair = (document.subject_kind, str(document.subject_id))
    context: dict[str, Any] = {
        "document": document,
        "kind": kind,
        "version": version,
        "standing": shown.standing,
        "versions": found,
        "file": file_of(version),
        "about": references([pair], user).get(pair) if document.subject_kind else None,
        "at_work": at_work,
        "signatures": version.approval.signatures.standing().select_related("signer")
        if version.approval
        else [],
        "may_edit": user.has_perm(kind.edit_permission),
        "events": document.events.select_related("actor").order_by("-at", "-pk")
        if kind.works_on(user)
        else [],
    }
    return render_page(
        request, DETAIL, context | _reading(version, kind, user, shown.standing), partial="body"
    )


def _reading(
    version: DocumentVersion, kind: DocumentKind, user: User, standing: str
) -> dict[str, Any]:
    """Return who confirmed the version and who has not, and the reader's own part."""
    if not kind.is_acknowledged or not version.is_approved:
        return {}
    read = Acknowledgement.objects.filter(version=version).select_related("user")
    confirmed = list(read.order_by("at", "pk"))
    missing = services.missing_readers(version) if standing == "in_force" else []
    asked = any(person.pk == user.pk for person in missing)
    return {
        "confirmed": confirmed,
        "missing": missing,
        "own": next((one for one in confirmed if one.user_id == user.pk), None),
        "digest": digest_of(version) if asked else "",
    }


def _document(request: HtmxHttpRequest, document_id: int, *, writing: bool = False) -> Document:
    """Return the document; 404 out of scope, 403 for who writes no document at all."""
    if writing and not written_by(current_user(request)):
        raise NotAllowedError(_("Your role does not write documents."))
    rows = Document.objects.visible_to(current_user(request)).select_related("holder")
    found: Document | None = rows.filter(pk=document_id).first()
    if found is None:
        raise Http404
    return found


def _version(request: HtmxHttpRequest, document: Document, number: int) -> DocumentVersion:
    rows = readable(document, current_user(request)).select_related("document", "approval")
    found = rows.filter(number=min(number, 2**31 - 1)).first()
    if found is None:
        raise Http404
    return found


def _kind(request: HtmxHttpRequest, key: str) -> DocumentKind:
    kind, user = registry.document_kind(key), current_user(request)
    if kind is None:
        raise Http404
    if not user.has_perm(kind.edit_permission):
        raise NotAllowedError(_("Your role does not write this kind of document."))
    return kind


def _last(document: Document) -> DocumentVersion:
    return document.versions.order_by("-number")[0]


def _url(document: Document) -> str:
    return reverse("documents:document-detail", args=[document.pk])
