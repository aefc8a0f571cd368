"""Pages of marketing."""

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from marketing.attribution import urls as attribution_urls
from marketing.campaigns import urls as campaigns_urls
from marketing.channels import urls as channels_urls
from marketing.content import urls as content_urls
from marketing.messaging import urls as messaging_urls
from marketing.planning import urls as planning_urls
from marketing.promotions import urls as promotions_urls
from marketing.segments import urls as segments_urls
from marketing.selling import urls as selling_urls

app_name = "marketing"
urlpatterns = [
    *planning_urls.urlpatterns,
    *campaigns_urls.urlpatterns,
    *content_urls.urlpatterns,
    *channels_urls.urlpatterns,
    *attribution_urls.urlpatterns,
    *segments_urls.urlpatterns,
    *messaging_urls.urlpatterns,
    *promotions_urls.urlpatterns,
    *selling_urls.urlpatterns,
]
