"""What scoring tells the other parts: events, marks, places."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from analytics.scoring import policies
from analytics.scoring.choices import INTENT, KINDS, WARNING, ModelState, stage_words
from analytics.scoring.models import VIEW, ScoreModel
from analytics.scoring.services.activating import ACTIVATED, ROLLED_BACK
from analytics.scoring.services.asking import ASKED
from analytics.scoring.services.intent import train_now
from analytics.scoring.trainings import Training, register_training
from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from crm_site.common.subjects import Subject, register_subject
from crm_site.outbox.kinds import MessageKind, declare_message

EVENTS = {
    ACTIVATED: _("Score model put into use"),
    ROLLED_BACK: _("Went back to the score model before"),
    ASKED: _("Training of score models asked for"),
}
TONES = {"candidate": ("blue", "half"), "active": ("green", "tick"), "retired": ("", "ring")}


def shown(params: dict[str, Any]) -> dict[str, Any]:
    """Return the model and its first warning in words."""
    from analytics.scoring.pages import warning_words

    kind, stage = str(KINDS.get(params["kind"], params["kind"])), stage_words(params["stage"])
    text = warning_words(params["code"], params["names"])
    return {"model": f"{kind} · {stage} · {params['version']}", "text": text}


def register() -> None:
    """Make everything of this package known; safe to call again."""
    policies.register()
    register_training(Training(INTENT, "", train_now))
    for kind, label in EVENTS.items():
        declare(kind, label)
    declare_message(
        MessageKind(
            key=WARNING,
            label=_("A score model needs a look"),
            title=_("Score model %(model)s needs a look"),
            body="%(text)s",
            icon="alert",
            tone="amber",
            show=shown,
        )
    )
    register_marks(
        "score-model",
        {
            state.value: Mark(*TONES[state.value], word=state.label)  # type: ignore[arg-type]
            for state in ModelState
        },
    )
    register_subject(
        Subject(
            kind="score_model",
            model="analytics.ScoreModel",
            visible_to=lambda user: ScoreModel.objects.visible_to(user).for_list(),
            title=str,
            url_name="analytics:score-model",
            label=_("Score models"),
        )
    )
    place = ("analytics:score-models", _("Score models"), "chart", 540)
    register_entry("score-models", *place, VIEW)
