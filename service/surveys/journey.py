"""What answers say about the nodes of the customer's journey: a source of their scores (SVC-62)."""

from typing import Any, Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from service.experience.nodes import Measures, NodeSource, Window, counted, register_node_source
from service.experience.rules import Node
from service.surveys.choices import Stage
from service.surveys.models import SurveyResponse
from service.surveys.querysets import BOXES, CAMPS
from service.surveys.rules.scales import Box, Camp

SATISFACTION: Final = "surveys"
RECOMMENDATION: Final = "recommendation"
# The same stages as of tickets: before the sale the product is met, in it the service is used.
STAGE_OF: Final = {
    Node.PRODUCT: Stage.PRE_SALE,
    Node.SERVICE: Stage.IN_SALE,
    Node.VALUE: Stage.AFTER_SALE,
}
NOT_SATISFIED: Final = ~BOXES[Box.SATISFIED]


def _answers(window: Window) -> Any:
    rows = SurveyResponse.objects.visible_to(window.user).of_customers()
    return rows.between(window.since, window.until)


def _rated(node: Node) -> Q:
    if node not in STAGE_OF:
        return Q(pk__in=[])
    return Q(stage=STAGE_OF[node].value, rating__isnull=False)


def _recommending(node: Node) -> Q:
    return Q(recommends__isnull=False) if node is Node.LOYAL else Q(pk__in=[])


def _measure_rated(window: Window) -> Measures:
    parts = {node: _rated(node) for node in STAGE_OF}
    return counted(SATISFACTION, _answers(window), parts, NOT_SATISFIED)


def _rated_rows(window: Window, node: Node) -> Any:
    return _listed(_answers(window).filter(_rated(node) & NOT_SATISFIED))


def _measure_recommending(window: Window) -> Measures:
    parts = {Node.LOYAL: _recommending(Node.LOYAL)}
    return counted(RECOMMENDATION, _answers(window), parts, CAMPS[Camp.DETRACTOR])


def _recommending_rows(window: Window, node: Node) -> Any:
    return _listed(_answers(window).filter(_recommending(node) & CAMPS[Camp.DETRACTOR]))


def _listed(rows: Any) -> Any:
    return rows.select_related("survey", "project").order_by("-at", "-pk")


def _line(row: SurveyResponse) -> dict[str, Any]:
    said = []
    if row.rating is not None:
        said.append(_("Satisfaction %(n)s of 10.") % {"n": f"{row.rating.normalize():f}"})
    if row.recommends is not None:
        said.append(_("Recommendation %(n)s of 10.") % {"n": row.recommends})
    place = row.project.name if row.project else ""
    return {
        "title": f"{row.survey.title} · {place}" if place else row.survey.title,
        "note": " ".join(said),
        "at": row.at,
        "url": f"{reverse('service:survey-answers', args=[row.survey_id])}?low=true"
        if row.is_low
        else reverse("service:survey-answers", args=[row.survey_id]),
    }


def register() -> None:
    """Make answers a source of the journey's scores; safe to call again."""
    for key, label, measure, rows in (
        (
            SATISFACTION,
            gettext_lazy("Surveys: satisfied customers"),
            _measure_rated,
            _rated_rows,
        ),
        (
            RECOMMENDATION,
            gettext_lazy("Surveys: customers who would not advise against us"),
            _measure_recommending,
            _recommending_rows,
        ),
    ):
        register_node_source(NodeSource(key, label, measure, rows, _line))
