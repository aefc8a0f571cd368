"""Addresses of second factor, accounts and organisation; the site map has login and logout."""

from django.urls import path

import crm_site.common.converters  # noqa: F401 -- makes <bigid:…> known
from crm_site.staff.views import confirming, login, organisation, people

app_name = "staff"
urlpatterns = [
    path("accounts/second-factor/", login.give_second_factor, name="second-factor"),
    path("accounts/confirm/", confirming.confirm, name="confirm"),
    path(
        "accounts/password/<uidb64>/<token>/",
        login.SetPasswordView.as_view(),
        name="set-password",
    ),
    path("staff/", people.user_list, name="user-list"),
    path("staff/add/", people.user_add, name="user-add"),
    path("staff/organisation/", organisation.organisation, name="organisation"),
    path("staff/<bigid:user_id>/", people.user_detail, name="user-detail"),
    path("staff/<bigid:user_id>/role/", people.user_role, name="user-role"),
    path("staff/<bigid:user_id>/place/", people.user_place, name="user-place"),
    path("staff/<bigid:user_id>/deactivate/", people.user_deactivate, name="user-deactivate"),
    path("staff/<bigid:user_id>/reactivate/", people.user_reactivate, name="user-reactivate"),
    path(
        "staff/<bigid:user_id>/second-factor/reset/",
        people.user_reset_second_factor,
        name="user-second-factor-reset",
    ),
    path(
        "staff/<bigid:user_id>/password-link/",
        people.user_password_link,
        name="user-password-link",
    ),
]
