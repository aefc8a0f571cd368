"""The messages of the KPIs."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.outbox.kinds import MessageKind, declare_message

DIFFERENCE: Final = "kpi.difference"


def register() -> None:
    """Make the messages known."""
    declare_message(
        MessageKind(
            key=DIFFERENCE,
            title=_("Figures no longer equal their rows: %(count)s"),
            body=_("Rows were entered or changed after the figure was frozen. Look at them."),
            url_name="analytics:kpi-differences",
            tone="amber",
        )
    )
