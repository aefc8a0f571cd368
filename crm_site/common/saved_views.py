"""Saved views of lists: which lists have them, what a view holds, and how it is changed (B4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from crm_site.common.models import DefaultView, SavedView
from crm_site.common.refusals import NotAllowedError

PROMOTE = "common.promote_view"
COLUMNS = "cols"
# What belongs to one look at the list and not to the view; a search text may be a name or number.
NOT_KEPT = {"q", "view", "after", "before", "page_size", COLUMNS, "for_tag", "csrfmiddlewaretoken"}
MOST_VIEWS = 50
IS_DEFAULT = """EXISTS (SELECT 1 FROM common_defaultview d
    WHERE d.view_id = common_savedview.id AND d.user_id = %s)"""


@dataclass(frozen=True, slots=True)
class ViewedList:
    """A list with saved views: where it is, who opens it, and the columns it may show."""

    key: str
    url_name: str
    label: str | Promise
    permission: str
    columns: Mapping[str, str | Promise]
    usual: Sequence[str]


_lists: dict[str, ViewedList] = {}


def register_list(viewed: ViewedList) -> None:
    """Let people save views of a list; called from ``AppConfig.ready``."""
    _lists[viewed.key] = viewed


def list_of(key: str) -> ViewedList | None:
    """Return the list ``key``, ``None`` for an unknown one."""
    return _lists.get(key)


def kept_query(query: QueryDict) -> str:
    """Return what a view keeps of a query string, in one order, so that two can be compared."""
    pairs = [
        (key, value)
        for key in sorted(query)
        if key not in NOT_KEPT
        for value in query.getlist(key)
        if value
    ]
    return urlencode(pairs)


def allowed_columns(viewed: ViewedList, wanted: Sequence[str]) -> list[str]:
    """Return those of ``wanted`` that the list may show, each once; none gives the usual ones."""
    found = [key for key in dict.fromkeys(wanted) if key in viewed.columns]
    return found or list(viewed.usual)


def address(viewed: ViewedList, view: SavedView) -> str:
    """Return the address of the list as the view shows it."""
    parts = [f"view=v{view.pk}", view.query]
    return f"{reverse(viewed.url_name)}?{'&'.join(part for part in parts if part)}"


def views_for(user: Any, key: str) -> list[Any]:
    """Return the views of a list that ``user`` may open, with ``is_default``; one query."""
    chosen = RawSQL(IS_DEFAULT, [user.pk], output_field=BooleanField())  # noqa: S611 -- a constant
    found = SavedView.objects.visible_to(user).filter(list_key=key).annotate(is_default=chosen)
    return list(found.order_by("audience", "name")[:MOST_VIEWS])


def save_view(*, view: SavedView, actor: Any) -> SavedView:
    """Write a view of one's own.

    Raise ``NotAllowedError`` for somebody else's or for offering it without the right,
    ``ValidationError`` for a name one has already and for filters that are too long to keep.
    """
    if view.owner_id != actor.pk:
        raise NotAllowedError(_("Only its owner changes a view. Save it under another name."))
    if view.audience == SavedView.Audience.PROMOTED and not actor.has_perm(PROMOTE):
        raise NotAllowedError(_("Managers offer views to everybody below. Ask your supervisor."))
    longest = SavedView._meta.get_field("query").max_length or 0
    if len(view.query) > longest:
        raise ValidationError(_("The filters are too long to keep. Choose fewer and save again."))
    try:
        with transaction.atomic():
            # no columns at all are the usual ones
            view.full_clean(["columns"], validate_unique=False, validate_constraints=False)
            view.save()
    except IntegrityError:
        raise ValidationError({"name": _("You have a view of this name already.")}) from None
    return view


def set_default(*, view: SavedView, actor: Any, is_default: bool) -> None:
    """Let the list open with this view for ``actor``, or no longer."""
    mine = DefaultView.objects.filter(user=actor, list_key=view.list_key)
    if is_default:
        DefaultView.objects.update_or_create(
            user=actor, list_key=view.list_key, defaults={"view": view}
        )
    else:
        mine.filter(view=view).delete()
