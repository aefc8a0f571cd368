"""Pages of people, leads and tasks."""

from django.urls import path

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from customers import axis_urls, care_urls, duplicate_urls, known_urls, outreach_urls
from customers.arbitration import urls as arbitration_urls
from customers.changes import urls as changes_urls
from customers.claims import urls as claims_urls
from customers.handover import urls as handover_urls
from customers.insurance import urls as insurance_urls
from customers.journey import urls as journey_urls
from customers.launch import urls as launch_urls
from customers.list_urls import patterns as list_patterns
from customers.paperwork import urls as paperwork_urls
from customers.payment import urls as payment_urls
from customers.pricing import urls as pricing_urls
from customers.property import urls as property_urls
from customers.purchase import urls as purchase_urls
from customers.signing import urls as signing_urls
from customers.views import (
    compare,
    customer_list,
    customer_record,
    grades,
    hand_over,
    leads,
    offers,
    pool,
    project_scope,
    promises,
    work,
    workload,
)
from customers.works import urls as works_urls

app_name = "customers"
urlpatterns = [
    *known_urls.urlpatterns,
    *outreach_urls.urlpatterns,
    *duplicate_urls.urlpatterns,
    *list_patterns,
    path("", work.today, name="today"),
    path("team/", work.team, name="team"),
    path("team/hand-over/", hand_over.hand_over_list, name="hand-over-list"),
    path("team/hand-over/<bigid:user_id>/", hand_over.hand_over, name="hand-over"),
    path("hand-overs/<bigid:handover_id>/", hand_over.handover_briefing, name="handover-briefing"),
    path("team/workload/", workload.workload, name="workload"),
    path("team/compare/", compare.compare, name="compare"),
    path("offers/", offers.offer_list, name="offers"),
    path("offers/<bigid:share_id>/accept/", offers.offer_accept, name="offer-accept"),
    path("offers/<bigid:share_id>/decline/", offers.offer_decline, name="offer-decline"),
    path("offers/<bigid:share_id>/withdraw/", offers.offer_withdraw, name="offer-withdraw"),
    path("customers/<bigid:customer_id>/sharing/", offers.customer_sharing, name="sharing"),
    path("customers/", customer_list.customer_list, name="customer-list"),
    path("project/", project_scope.project_scope_choose, name="project-scope"),
    path("pool/", pool.pool, name="pool"),
    path("pool/warnings/", pool.pool_warnings, name="pool-warnings"),
    path("customers/add/", customer_record.customer_add, name="customer-add"),
    path("customers/exists/", customer_record.customer_exists, name="customer-exists"),
    path("customers/<bigid:customer_id>/", customer_record.customer_detail, name="customer-detail"),
    path(
        "customers/<bigid:customer_id>/edit/", customer_record.customer_edit, name="customer-edit"
    ),
    path("customers/<bigid:customer_id>/phone/", customer_record.phone_reveal, name="phone-reveal"),
    path(
        "customers/<bigid:customer_id>/interactions/",
        customer_record.interaction_add,
        name="interaction-add",
    ),
    path("customers/<bigid:customer_id>/quick/", work.quick_log, name="quick-log"),
    path("customers/<bigid:customer_id>/quick/save/", work.quick_log_save, name="quick-log-save"),
    path(
        "customers/<bigid:customer_id>/assign/",
        customer_record.customer_assign,
        name="customer-assign",
    ),
    path("customers/<bigid:customer_id>/grade/", grades.grade_why, name="grade-why"),
    path("customers/<bigid:customer_id>/grade/lock/", grades.grade_lock, name="grade-lock"),
    path("customers/<bigid:customer_id>/grade/unlock/", grades.grade_unlock, name="grade-unlock"),
    path("customers/<bigid:customer_id>/take/", leads.customer_take, name="customer-take"),
    path("customers/<bigid:customer_id>/return/", leads.customer_return, name="customer-return"),
    path("customers/<bigid:customer_id>/class/", leads.customer_class, name="customer-class"),
    path("customers/<bigid:customer_id>/promises/", promises.promise_list, name="promise-list"),
    path(
        "customers/<bigid:customer_id>/promises/<bigid:entry_id>/close/",
        promises.promise_close,
        name="promise-close",
    ),
    path("leads/<bigid:lead_id>/", leads.lead_detail, name="lead-detail"),
    path("leads/<bigid:lead_id>/stage/", leads.lead_stage, name="lead-stage"),
    path("leads/<bigid:lead_id>/move/", leads.lead_move, name="lead-move"),
    path("leads/<bigid:lead_id>/close/", leads.lead_close, name="lead-close"),
    path("grades/runs/", grades.regrade_runs, name="regrade-runs"),
    path("tasks/<bigid:task_id>/done/", work.task_done, name="task-done"),
    path("tasks/<bigid:task_id>/reopen/", work.task_reopen, name="task-reopen"),
    path("tasks/<bigid:task_id>/postpone/", work.task_postpone, name="task-postpone"),
    *axis_urls.urlpatterns,
    *care_urls.urlpatterns,
    *launch_urls.urlpatterns,
    *works_urls.urlpatterns,
    *changes_urls.urlpatterns,
    *claims_urls.urlpatterns,
    *insurance_urls.urlpatterns,
    *property_urls.urlpatterns,
    *payment_urls.urlpatterns,
    *paperwork_urls.urlpatterns,
    *signing_urls.urlpatterns,
    *journey_urls.urlpatterns,  # before the steps of purchases
    *handover_urls.urlpatterns,
    *purchase_urls.urlpatterns,
    *pricing_urls.urlpatterns,
    *arbitration_urls.urlpatterns,
]
