"""The whole site map. Each app owns its own paths; nothing here does any work."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from crm_site.staff.views import login

urlpatterns = [
    path("accounts/login/", login.LoginView.as_view(), name="login"),
    path("accounts/logout/", login.log_out, name="logout"),
    path("accounts/password/", login.ChangePasswordView.as_view(), name="password_change"),
    path("language/", login_not_required(set_language), name="set_language"),
    path("", include("crm_site.staff.urls")),
    path("audit/", include("crm_site.audit.urls")),
    path("", include("crm_site.common.urls")),
    path("notifications/", include("crm_site.outbox.urls")),
    path("policies/", include("crm_site.policies.urls")),
    path("approvals/", include("crm_site.approvals.urls")),
    path("questionnaires/", include("crm_site.questionnaires.urls")),
    path("documents/", include("crm_site.documents.urls")),
    path("registers/", include("crm_site.registers.urls")),
    path("imports/", include("crm_site.exchange.urls")),
    path("exports/", include("crm_site.exchange.export_urls")),
    path("", include("customers.urls")),
    path("", include("marketing.urls")),
    path("", include("service.urls")),
    path("", include("analytics.urls")),
    path("api/v1/", include("crm_site.api_urls")),
]

handler400 = "crm_site.common.errors.bad_request"
handler403 = "crm_site.common.errors.permission_denied"
handler404 = "crm_site.common.errors.page_not_found"
handler500 = "crm_site.common.errors.server_error"
