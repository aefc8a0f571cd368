"""The report on fair treatment: low grades, alike homes, demanding customers (BEY-13)."""

from typing import Any, Final

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from analytics.kpis import choices, display, fairness
from analytics.kpis.fairness_kpis import OFF, floor_at
from analytics.kpis.forms import AskForm
from analytics.kpis.places import VIEW, VIEW_REPORTS, kpis_for, name_of
from analytics.kpis.question import Question, question_of, words_of_period, words_of_place
from analytics.kpis.rules.fairness import LEAST, Difference, Finding
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.pages import UNPROCESSABLE
from crm_site.staff.current import current_user

WORDS: Final[dict[Finding, tuple[str, Any]]] = {
    Finding.FEW: ("", _("Too few to say anything")),
    Finding.ALIKE: ("green", _("No difference beyond chance")),
    Finding.WORSE: ("red", _("Treated worse, more than chance")),
    Finding.BETTER: ("blue", _("Treated better, more than chance")),
}


@require_safe
@permission_required((VIEW, VIEW_REPORTS), raise_exception=True)
def fair_treatment(request: HtmxHttpRequest) -> HttpResponse:
    """Show whether everybody is treated as promised, with the rows behind each figure."""
    user, now = current_user(request), timezone.now()
    question = question_of(request.GET, user=user, now=now)
    asking = question.asking(user, now)
    known = {kpi.key for kpi in kpis_for(user) if question.place.kind in kpi.places}
    offers = reverse("analytics:kpi-detail", args=[OFF])
    context = {
        "form": AskForm(question, user=user, now=now),
        "question": question,
        "proofs": [_proof(proof, question) for proof in fairness.proofs(asking, known)],
        "alike": [
            {
                "label": each.label,
                "spread": each.spread,
                "url": f"{offers}?{question.query(part=f'layout:{each.spread.alike}')}#rows",
            }
            for each in (fairness.unlike_offers(asking) if OFF in known else ())
        ],
        "least": LEAST,
        "low": ", ".join(fairness.low_grades(asking)),
        "hours": int(floor_at(question.period).total_seconds() // 3600),
        "period_words": words_of_period(question.period),
        "place_words": words_of_place(question.place, name_of(question.place)),
    }
    status = 200 if question.is_readable else UNPROCESSABLE
    return render(request, "analytics/kpis/fairness.html", context, status=status)


def _proof(proof: fairness.Proof, question: Question) -> dict[str, Any]:
    page = reverse("analytics:kpi-detail", args=[proof.kpi.key])
    tone, words = WORDS[proof.difference.finding]
    return {
        "key": proof.key,
        "title": proof.title,
        "question": proof.question,
        "tone": tone,
        "words": words,
        "finding": proof.difference.finding.value,
        "difference": _difference(proof.difference),
        "whole_url": f"{page}?{question.query()}",
        "kpi": proof.kpi,
        "lines": [
            {
                "label": line.label,
                "figure": display.figure(line.reading.value, proof.kpi.unit),
                "interval": display.interval(line.reading, proof.kpi.unit),
                "note": choices.NOTES.get(line.reading.note, ""),
                "n": line.reading.n,
                "url": f"{page}?{question.query(part=f'{proof.cut}:{line.value}')}#rows",
            }
            for line in proof.lines
        ],
    }


def _difference(found: Difference) -> dict[str, str]:
    if found.points is None or found.low is None or found.high is None:
        return {}
    return {
        "points": f"{found.points:+.1f}",
        "low": f"{found.low:+.1f}",
        "high": f"{found.high:+.1f}",
    }
