"""The messages of dashboards."""

from typing import Any, Final

from django.utils.translation import gettext_lazy

from analytics.dashboards.boards import BY_KEY
from crm_site.outbox.kinds import MessageKind, declare_message

SENT: Final = "dashboard.sent"
STOPPED: Final = "dashboard.stopped"


def _shown(params: dict[str, Any]) -> dict[str, Any]:
    board = BY_KEY.get(params.get("board", ""))
    return params | ({"board": str(board.label)} if board else {})


def register() -> None:
    """Make the messages known."""
    declare_message(
        MessageKind(
            key=SENT,
            title=gettext_lazy("Dashboard %(board)s is ready"),
            body=gettext_lazy("Narrowed to: %(filters)s"),
            show=_shown,
            icon="chart",
            label=gettext_lazy("Dashboards sent on schedule"),
        )
    )
    declare_message(
        MessageKind(
            key=STOPPED,
            title=gettext_lazy("Dashboard %(board)s is no longer sent to you"),
            body=gettext_lazy("You may no longer see it or its place."),
            url_name="analytics:dashboard-sendings",
            show=_shown,
            icon="chart",
            tone="amber",
        )
    )
