"""Whether win-back helps, against those left alone (CUS-107, ANA-18, ANA-74, BEY-04)."""

from datetime import datetime

from django import forms
from django.contrib.auth.decorators import permission_required
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from analytics.winback import choices, selectors
from analytics.winback.models import WinbackCase
from analytics.winback.policies import rules_at
from analytics.winback.querysets import RECOVERY
from analytics.winback.rules.effect import needed
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from customers.property.forms import day_input

# The share that the sources name as natural, and the one they claim, in percent.
NATURAL, SMALL = 28, 34


class SpanForm(forms.Form):
    """Which warnings count."""

    since = forms.DateField(
        label=pgettext_lazy("warning", "Counted from"), required=False, widget=day_input()
    )
    until = forms.DateField(
        label=gettext_lazy("Counted before"), required=False, widget=day_input()
    )

    def clean(self) -> dict[str, object]:
        """Refuse a span that ends before it begins."""
        found = super().clean() or self.cleaned_data
        since, until = found.get("since"), found.get("until")
        if since and until and until <= since:
            self.add_error("until", _("The end has to be later than the beginning."))
        return found


@require_safe
@permission_required(RECOVERY, raise_exception=True)
def churn_results(request: HtmxHttpRequest) -> HttpResponse:
    """Show both arms with the effect and its interval, then the worked cases from all sides."""
    user, now = current_user(request), timezone.now()
    form = SpanForm(request.GET or None)
    valid = form.is_bound and form.is_valid()
    span = selectors.Span(**form.cleaned_data) if valid else selectors.Span()
    rules = rules_at(now)
    found = selectors.experiment(user, span, rules=rules, now=now)
    context = {
        "form": form,
        "rules": rules,
        "now": now,
        "experiment": found,
        "overall": selectors.overall(user, span, now=now),
        "tables": _tables(user, span, now),
        "tools": selectors.by_tool(user, span, now=now),
        "claimed": selectors.CLAIMED,
        "needed_large": needed(NATURAL / 100, selectors.CLAIMED / 100),
        "needed_small": needed(NATURAL / 100, SMALL / 100),
        "natural": NATURAL,
        "small": SMALL,
        "causes": _cited(user, span),
    }
    status = 422 if form.is_bound and not valid else 200
    return render(request, "analytics/winback/results.html", context, status=status)


def _tables(user: User, span: selectors.Span, now: datetime) -> list[dict[str, object]]:
    levels = selectors.by_field(
        user, span, field="alert__level", name="level", words=choices.LEVELS, now=now
    )
    causes = selectors.by_field(
        user, span, field="cause", name="cause", words=choices.CAUSES, now=now
    )
    return [
        {"title": _("By level"), "head": _("Level"), "rates": levels},
        {"title": _("By cause"), "head": _("Main cause"), "rates": causes},
        {
            "title": _("By consultant"),
            "head": _("Responsible"),
            "rates": selectors.by_owner(user, span, now=now),
        },
    ]


def _cited(user: User, span: selectors.Span) -> list[tuple[object, int, int]]:
    """Return how often each cause is cited, and its share of all cases in percent."""
    rows = WinbackCase.objects.visible_to(user).filter(span.on("alert__counted_from")).order_by()
    found = dict(rows.values("cause").annotate(n=Count("pk")).values_list("cause", "n"))
    total = sum(found.values())
    return [
        (word, found[cause], round(100 * found[cause] / total))
        for cause, word in choices.CAUSES
        if cause in found
    ]
