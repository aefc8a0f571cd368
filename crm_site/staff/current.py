"""Who is asking."""

from typing import cast

from django.http import HttpRequest

from crm_site.staff.models import User


def current_user(request: HttpRequest) -> User:
    """Return the signed-in account; LoginRequiredMiddleware or the API has let nobody else in."""
    return cast(User, request.user)
