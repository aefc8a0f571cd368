"""Pages of analytics."""

from analytics.churn import urls as churn_urls
from analytics.dashboards import urls as dashboards_urls
from analytics.improvement import urls as improvement_urls
from analytics.kpis import urls as kpis_urls
from analytics.reviews import urls as reviews_urls
from analytics.scoring import urls as scoring_urls
from analytics.value import urls as value_urls
from analytics.warehouse import urls as warehouse_urls
from analytics.winback import urls as winback_urls
from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known

app_name = "analytics"
urlpatterns = [
    *kpis_urls.urlpatterns,
    *warehouse_urls.urlpatterns,
    *dashboards_urls.urlpatterns,
    *scoring_urls.urlpatterns,
    *churn_urls.urlpatterns,
    *winback_urls.urlpatterns,
    *value_urls.urlpatterns,
    *reviews_urls.urlpatterns,
    *improvement_urls.urlpatterns,
]
