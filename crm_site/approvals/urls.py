"""Pages of approvals, under /approvals/."""

from django.urls import path

from crm_site.approvals import views
from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known

app_name = "approvals"
urlpatterns = [
    path("", views.approval_list, name="approval-list"),
    path("<bigid:approval_id>/", views.approval_detail, name="approval-detail"),
    path("<bigid:approval_id>/sign/", views.approval_sign, name="approval-sign"),
    path("<bigid:approval_id>/refuse/", views.approval_refuse, name="approval-refuse"),
    path("<bigid:approval_id>/withdraw/", views.approval_withdraw, name="approval-withdraw"),
]
