"""What attribution tells the other parts."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.audit.events import declare
from crm_site.common.navigation import register_entry
from marketing.attribution import campaign_card, policies
from marketing.attribution.exports import EXPORTED
from marketing.attribution.querysets import VIEW


def register() -> None:
    """Make everything of this package known; safe to call again."""
    policies.register()
    campaign_card.register()
    declare(EXPORTED, _("Attribution to channels handed out as a file"))
    page = ("marketing:attribution", pgettext_lazy("page", "Attribution"), "chart", 330, VIEW)
    register_entry("attribution", *page)
