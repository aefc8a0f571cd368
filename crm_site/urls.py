"""The whole site map. Each app owns its own paths; nothing here does any work."""

from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

urlpatterns = [
    path("accounts/login/", auth_views.LoginView.as_view(), name="login"),
    path("accounts/logout/", auth_views.LogoutView.as_view(), name="logout"),
    path("language/", login_not_required(set_language), name="set_language"),
    path("", include("crm_site.common.urls")),
    path("", include("customers.urls")),
]

handler400 = "crm_site.common.errors.bad_request"
handler403 = "crm_site.common.errors.permission_denied"
handler404 = "crm_site.common.errors.page_not_found"
handler500 = "crm_site.common.errors.server_error"
