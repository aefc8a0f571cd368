"""The messages of surveys; the link in them is kept encrypted and drawn when it leaves."""

from base64 import b64decode
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy

from crm_site.common.crypto import UndecryptableError, decrypt
from crm_site.outbox.kinds import MessageKind, declare_message

MESSAGE: Final = "survey.link"
REMINDER: Final = "survey.reminder"
STAFF: Final = "survey.staff"
ALERT: Final = "survey.dropped"
YEARLY: Final = "survey.yearly_missing"
PLACE: Final = "survey link"


def address_of(token: str) -> str:
    """Return the whole address of a link, at the public origin of the site."""
    path = reverse("service:survey-answer", args=[token])
    origins = settings.CSRF_TRUSTED_ORIGINS
    return f"{origins[0] if origins else f'http://{settings.ALLOWED_HOSTS[0]}'}{path}"


def register() -> None:
    """Make the messages with links known."""
    words = {
        MESSAGE: gettext_lazy("How satisfied are you? %(survey)s, one minute: %(link)s"),
        REMINDER: gettext_lazy("Your opinion still counts. %(survey)s: %(link)s"),
    }
    for kind, title in words.items():
        declare_message(MessageKind(key=kind, title=title, channels=(), show=_shown))
    declare_message(
        MessageKind(
            key=STAFF,
            title=gettext_lazy("Anonymous survey: %(survey)s"),
            body=gettext_lazy("Your answer names nobody: %(link)s"),
            show=_shown,
            label=gettext_lazy("Anonymous survey of the staff"),
        )
    )
    declare_message(
        MessageKind(
            key=ALERT,
            title=gettext_lazy("Satisfaction fell: %(who)s"),
            body=gettext_lazy("From %(before)s to %(after)s out of 10, %(answers)s answers."),
            url_name="service:satisfaction",
            tone="red",
        )
    )
    declare_message(
        MessageKind(
            key=YEARLY,
            title=gettext_lazy("The satisfaction survey of %(year)s is not open yet"),
            body=gettext_lazy("A draft is ready. Check it and open it."),
            url_name="service:survey-list",
            tone="amber",
        )
    )


def _shown(params: dict[str, Any]) -> dict[str, Any]:
    try:
        token = decrypt(b64decode(params["link"]), place=PLACE)
    except (UndecryptableError, ValueError):
        return {"link": "…"}
    return {"link": address_of(token)}
