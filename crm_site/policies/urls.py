"""Pages of the policies, under /policies/."""

from django.urls import path

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from crm_site.policies import views

VERSION = "<str:key>/versions/<bigid:version>"

app_name = "policies"
urlpatterns = [
    path("", views.policy_list, name="policy-list"),
    path("<str:key>/", views.policy_detail, name="policy-detail"),
    path("<str:key>/propose/", views.policy_propose, name="policy-propose"),
    path(f"{VERSION}/preview/", views.policy_preview, name="policy-preview"),
    path(f"{VERSION}/submit/", views.policy_submit, name="policy-submit"),
    path(f"{VERSION}/withdraw/", views.policy_withdraw, name="policy-withdraw"),
    path(f"{VERSION}/approve/", views.policy_approve, name="policy-approve"),
    path(f"{VERSION}/reject/", views.policy_reject, name="policy-reject"),
]
