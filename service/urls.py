"""Pages of the service desk."""

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from service.care import urls as care_urls
from service.clocks import urls as clocks_urls
from service.delays import urls as delays_urls
from service.desk import urls as desk_urls
from service.experience import urls as experience_urls
from service.groups import urls as groups_urls
from service.knowledge import urls as knowledge_urls
from service.repairs import urls as repairs_urls
from service.surveys import urls as surveys_urls
from service.tickets import urls as tickets_urls

app_name = "service"
urlpatterns = [
    *tickets_urls.urlpatterns,
    *clocks_urls.urlpatterns,
    *desk_urls.urlpatterns,
    *knowledge_urls.urlpatterns,
    *surveys_urls.urlpatterns,
    *care_urls.urlpatterns,
    *repairs_urls.urlpatterns,
    *groups_urls.urlpatterns,
    *experience_urls.urlpatterns,
    *delays_urls.urlpatterns,
]
