"""What messaging tells the other parts."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from crm_site.outbox.addressees import register_reasons
from crm_site.outbox.kinds import MessageKind, declare_message
from customers.rules.turns import Area
from customers.services.delivering import register_delivery, register_gate
from customers.services.taking_turns import register_turns
from marketing.messaging import audiences, choices, data_categories
from marketing.messaging.querysets import VIEW

EVENTS: Final = {
    "messaging.text": _("Text for batches and flows changed"),
    "messaging.launched": _("Batch of messages launched"),
    "messaging.stopped": _("Batch of messages stopped"),
    "messaging.flow_on": _("Flow switched on"),
    "messaging.flow_off": _("Flow switched off"),
    "messaging.test_started": _("Experiment started"),
    "messaging.test_decided": _("Experiment decided"),
    "messaging.test_stopped": _("Experiment stopped"),
}
MARKS: Final[dict[str, tuple[choices.Words, dict[str, tuple[str, str]]]]] = {
    "batch": (
        choices.BATCH_STATES,
        {
            "draft": ("", "ring"),
            "preparing": ("blue", "half"),
            "sending": ("blue", "half"),
            "done": ("green", "tick"),
            "stopped": ("red", "cross"),
        },
    ),
    "batch-row": (
        choices.ROW_STATES,
        {
            "planned": ("", "ring"),
            "queued": ("blue", "half"),
            "sent": ("green", "tick"),
            "held": ("amber", "dia"),
            "failed": ("red", "cross"),
        },
    ),
    "flow": (
        choices.FLOW_STATES,
        {"draft": ("", "ring"), "on": ("green", "tick"), "off": ("", "cross")},
    ),
    "flow-run": (
        choices.RUN_STATES,
        {"running": ("blue", "half"), "done": ("green", "tick"), "stopped": ("", "cross")},
    ),
    "experiment": (
        choices.TEST_STATES,
        {
            "draft": ("", "ring"),
            "running": ("blue", "half"),
            "decided": ("green", "tick"),
            "stopped": ("", "cross"),
        },
    ),
}
REASONS: Final = {
    "value_missing": _("The record lacks what the text asks for"),
    "window_over": _("The days of the batch were over"),
}


def register() -> None:
    """Make everything of this package known; safe to call again."""
    from marketing.messaging import campaign_card
    from marketing.messaging.services import batches, flows, settling
    from marketing.messaging.services.templates import KIND

    for kind, label in EVENTS.items():
        declare(kind, label)
    for kind, (words, tones) in MARKS.items():
        register_marks(kind, {value: Mark(*tones[value], word=word) for value, word in words})
    declare_message(
        MessageKind(
            key=KIND,
            label=_("Batches and flows"),
            title="%(title)s",
            body="%(body)s",
            channels=(),
        )
    )
    register_reasons(dict(REASONS))
    audiences.register()
    campaign_card.register()
    data_categories.register()
    register_delivery(batches.SUBJECT, settling.note_sent)
    register_gate(batches.SUBJECT, settling.gate)
    register_delivery(flows.SUBJECT, flows.note_sent)
    register_gate(flows.SUBJECT, flows.gate)
    register_turns(Area.MARKETING, kinds=[KIND])
    _register_places()


def _register_places() -> None:
    for key, url_name, label, icon, order in (
        ("message-batches", "batches", _("Batches"), "msg", 371),
        ("message-flows", "flows", _("Flows"), "refresh", 372),
        ("experiments", "experiments", pgettext_lazy("messages", "Experiments"), "chart", 373),
        ("message-texts", "message-texts", _("Texts of batches"), "edit", 374),
    ):
        parent = "" if key == "message-batches" else "message-batches"
        register_entry(key, f"marketing:{url_name}", label, icon, order, VIEW, parent=parent)
