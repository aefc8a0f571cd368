"""Accounts: who they are, what role they hold, where they work. For administrators."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.edits import edit_of
from crm_site.common.htmx import render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, form_page, list_page
from crm_site.staff import services
from crm_site.staff.choices import role_label
from crm_site.staff.confirmation import critical
from crm_site.staff.current import current_user
from crm_site.staff.filters import UserFilter
from crm_site.staff.forms import PlaceForm, RoleForm, UserForm
from crm_site.staff.leaving import WorkOpenError
from crm_site.staff.logins import password_path
from crm_site.staff.models import User
from crm_site.staff.panels import panels_of
from crm_site.staff.second_factor import confirmed_device, reset_second_factor
from crm_site.staff.subjects import users_visible_to

LISTING = Listing(
    template="staff/user_list.html",
    sorts={"name": ("name",), "login": ("-last_login",), "newest": ("-id",)},
    default_sort="newest",
    filter_class=UserFilter,
)
MANAGE = "staff.manage_users"
ASSIGN = "staff.manage_roles"
ROLE, PLACE = "role", "place"
UNPROCESSABLE = 422
CONFLICT = 409


def _require(request: HttpRequest, *permissions: str) -> User:
    """Return the signed-in account; raise PermissionDenied unless it has one of ``permissions``."""
    user = current_user(request)
    if not any(user.has_perm(permission) for permission in permissions):
        raise PermissionDenied
    return user


@require_safe
def user_list(request: HttpRequest) -> HttpResponse:
    """List the accounts."""
    user = _require(request, MANAGE, ASSIGN)
    people = users_visible_to(user).select_related("node")
    context = {"may_add": user.has_perm(MANAGE)}
    return list_page(request, queryset=people, listing=LISTING, present=_rows, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@critical()
@idempotent()
def user_add(request: HttpRequest) -> HttpResponse:
    """Create an account; its holder chooses the password through a one-time link."""
    author = _require(request, MANAGE)

    def save(form: UserForm) -> str:
        values = form.cleaned_data
        person = services.create_user(**values, actor=author, now=timezone.now())
        return reverse("staff:user-detail", args=[person.pk])

    form = UserForm(request.POST or None, author=author)
    return form_page(request, form=form, template="staff/user_form.html", save=save)


@require_safe
def user_detail(request: HttpRequest, user_id: int) -> HttpResponse:
    """Show one account with what may be done to it."""
    author, person = _account(request, user_id, MANAGE, ASSIGN)
    return _detail(request, author, person)


@require_POST
@critical()
@idempotent()
def user_role(request: HttpRequest, user_id: int) -> HttpResponse:
    """Give the account another role."""
    author, person = _account(request, user_id, MANAGE, ASSIGN)
    edit = edit_of(person, author, ROLE)
    with transaction.atomic():
        edit.lock()
        form = RoleForm(request.POST, author=author)
        standing = RoleForm(author=author, initial={"role": person.role})
        if edit.has_moved(form, standing=standing) or not form.is_valid():
            return _detail(request, author, person, role_form=form)
        values = form.cleaned_data
        services.change_role(user=person, actor=author, now=timezone.now(), **values)
    return _done(request, person, _("Role changed. Earlier sessions of the account have ended."))


@require_POST
@critical()
@idempotent()
def user_place(request: HttpRequest, user_id: int) -> HttpResponse:
    """Let the account work at another place."""
    author, person = _account(request, user_id, MANAGE)
    edit = edit_of(person, author, PLACE)
    with transaction.atomic():
        edit.lock()
        form = PlaceForm(request.POST)
        standing = PlaceForm(initial={"node": person.node_id})
        if edit.has_moved(form, standing=standing) or not form.is_valid():
            return _detail(request, author, person, place_form=form)
        node = form.cleaned_data["node"]
        services.move_user(user=person, node=node, actor=author, now=timezone.now())
    return _done(request, person, _("Place of work changed."))


@require_POST
@critical()
def user_deactivate(request: HttpRequest, user_id: int) -> HttpResponse:
    """Close the account at once."""
    author, person = _account(request, user_id, MANAGE)
    try:
        services.deactivate(user=person, actor=author, now=timezone.now())
    except WorkOpenError as refusal:
        return _detail(request, author, person, refusal=refusal)
    return _done(request, person, _("Account deactivated. Its sessions have ended."))


@require_POST
@critical()
def user_reactivate(request: HttpRequest, user_id: int) -> HttpResponse:
    """Open the account again."""
    author, person = _account(request, user_id, MANAGE)
    services.reactivate(user=person, actor=author, now=timezone.now())
    return _done(request, person, _("Account reactivated."))


@require_POST
@critical()
def user_reset_second_factor(request: HttpRequest, user_id: int) -> HttpResponse:
    """Remove the device of an account whose holder lost it."""
    author, person = _account(request, user_id, ASSIGN)
    if author.pk == person.pk:
        raise PermissionDenied
    reset_second_factor(user=person, actor=author, now=timezone.now())
    return _done(request, person, _("Second factor removed. It is set up anew at the next login."))


@require_POST
@critical()
def user_password_link(request: HttpRequest, user_id: int) -> HttpResponse:
    """Show the one-time link by which the holder sets a password; only right now."""
    author, person = _account(request, user_id, MANAGE)
    if not services.may_assign(author, person.role) or author.pk == person.pk:
        raise PermissionDenied
    if not person.is_active:
        raise PermissionDenied
    link = request.build_absolute_uri(password_path(person))
    return _detail(request, author, person, link=link)


def _rows(people: list[User]) -> list[dict[str, Any]]:
    return [{"person": person, "role": role_label(person.role)} for person in people]


def _account(request: HttpRequest, user_id: int, *permissions: str) -> tuple[User, User]:
    author = _require(request, *permissions)
    people = users_visible_to(author).select_related("node")
    return author, get_object_or_404(people, pk=user_id)


def _done(request: HttpRequest, person: User, message: str) -> HttpResponse:
    messages.success(request, message)
    return redirect("staff:user-detail", person.pk)


def _detail(request: HttpRequest, author: User, person: User, **shown: Any) -> HttpResponse:
    """Render the account page; a bound form in ``shown`` makes it a 422, a stale one a 409."""
    other = author.pk != person.pk
    manages = other and author.has_perm(MANAGE)
    assigns = other and services.may_assign(author, person.role)
    make: dict[str, Callable[[], Any]] = {
        "role_form": lambda: edit_of(person, author, ROLE).offer(
            RoleForm(author=author, initial={"role": person.role})
        ),
        "place_form": lambda: edit_of(person, author, PLACE).offer(
            PlaceForm(initial={"node": person.node_id})
        ),
    }
    stale = any(getattr(form, "conflicts", None) for form in shown.values())
    bound = any(name in shown for name in make)
    status = CONFLICT if stale or "refusal" in shown else UNPROCESSABLE if bound else 200
    context = {name: form() for name, form in make.items()} | {
        "person": person,
        "role_name": role_label(person.role),
        "may_manage": manages,
        "may_assign": assigns,
        "panels": panels_of(person),
        "may_link": manages and assigns and person.is_active,
        "may_reset": other and author.has_perm(ASSIGN) and confirmed_device(person) is not None,
    }
    return render_page(request, "staff/user_detail.html", context | shown, status=status)
