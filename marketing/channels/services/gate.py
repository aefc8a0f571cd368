"""Whether leads of a partner are taken: contract, licence, territory, state (MKT-67, MKT-72)."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Project
from marketing.channels.errors import PartnerRefusedError
from marketing.channels.models import Partner
from marketing.channels.rules.partners import Bar, Standing, bar_of

BARS = {
    Bar.CANDIDATE: gettext_lazy("The co-operation has not begun yet."),
    Bar.SUSPENDED: gettext_lazy("The partner is suspended."),
    Bar.ENDED: gettext_lazy("The co-operation has ended."),
    Bar.NO_CONTRACT: gettext_lazy("There is no contract with a beginning and an end."),
    Bar.NOT_BEGUN: gettext_lazy("The contract has not begun yet."),
    Bar.EXPIRED: gettext_lazy("The contract has expired. Renew it first."),
    Bar.LICENCE: gettext_lazy("The licence has expired. Enter the new one first."),
    Bar.TERRITORY: gettext_lazy("This project is not in the territory of the partner."),
}


def bar_for(partner: Partner, project: Project | None, *, now: datetime) -> Bar | None:
    """Return what keeps leads of the partner from being taken; without a project, for any."""
    covers = project is None or partner.is_everywhere
    covers = covers or partner.territory.filter(pk=project.pk if project else None).exists()
    standing = Standing(
        state=partner.state,
        starts_on=partner.starts_on,
        ends_on=partner.ends_on,
        licence_until=partner.licence_until,
        covers_project=covers,
    )
    return bar_of(standing, timezone.localdate(now))


def require_partner(partner: Partner, project: Project, *, now: datetime) -> Partner:
    """Return the partner, held against a suspension meanwhile; raise PartnerRefusedError."""
    held: Partner = Partner.objects.select_for_update(of=("self",), no_key=True).get(pk=partner.pk)
    bar = bar_for(held, project, now=now)
    if bar is not None:
        raise PartnerRefusedError(
            _("%(partner)s: %(why)s") % {"partner": held.name, "why": BARS[bar]}, code=bar.value
        )
    return held
