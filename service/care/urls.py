"""Addresses of care."""

from django.urls import URLPattern, path

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from service.care import event_views as events
from service.care import fund_views as funds
from service.care import greeting_views as greetings
from service.care import issue_views as issues
from service.care import plan_views as plans
from service.care import programme_views as programme

ITEM = "care/items/<bigid:care_item_id>/"
GIFTS = "care/gifts/<bigid:gift_list_id>/"
PLAN = "care/plans/<bigid:care_plan_id>/"
FUND = "care/funds/<bigid:fund_id>/"
PROPOSAL = "care/proposals/<bigid:proposal_id>/"
ISSUE = "care/newsletters/<bigid:issue_id>/"
EVENT = "care/events/<bigid:care_event_id>/"
urlpatterns: list[URLPattern] = [
    path("care/", programme.care_programme, name="care-programme"),
    path("care/items/", programme.care_items, name="care-items"),
    path(ITEM, programme.care_item, name="care-item"),
    path(f"{ITEM}record/", programme.care_item_record, name="care-item-record"),
    path(f"{ITEM}done/", programme.care_item_done, name="care-item-done"),
    path("care/steps/add/", programme.care_step_add, name="care-step-add"),
    path("care/actions/add/", programme.care_action_add, name="care-action-add"),
    path("care/callbacks/", programme.care_callbacks, name="care-callbacks"),
    path("care/reports/<bigid:care_action_id>/", programme.care_report, name="care-report"),
    path("care/greetings/", greetings.care_greetings, name="care-greetings"),
    path(
        "care/greetings/<bigid:greeting_id>/done/",
        greetings.care_greeting_done,
        name="care-greeting-done",
    ),
    path("care/calendar/", greetings.care_calendar, name="care-calendar"),
    path("care/occasions/", greetings.care_occasions, name="care-occasions"),
    path("care/occasions/add/", greetings.care_occasion_add, name="care-occasion-add"),
    path(
        "care/occasions/<bigid:occasion_id>/remove/",
        greetings.care_occasion_remove,
        name="care-occasion-remove",
    ),
    path("care/gifts/", greetings.care_gift_lists, name="care-gift-lists"),
    path("care/gifts/add/", greetings.care_gift_list_add, name="care-gift-list-add"),
    path(GIFTS, greetings.care_gift_list, name="care-gift-list"),
    path(f"{GIFTS}fill/", greetings.care_gift_fill, name="care-gift-fill"),
    path(f"{GIFTS}submit/", greetings.care_gift_submit, name="care-gift-submit"),
    path(f"{GIFTS}<bigid:gift_id>/remove/", greetings.care_gift_remove, name="care-gift-remove"),
    path(f"{GIFTS}<bigid:gift_id>/hand/", greetings.care_gift_hand, name="care-gift-hand"),
    path("care/plans/", plans.care_plans, name="care-plans"),
    path("care/plans/add/", plans.care_plan_add, name="care-plan-add"),
    path(PLAN, plans.care_plan, name="care-plan"),
    path(f"{PLAN}submit/", plans.care_plan_submit, name="care-plan-submit"),
    path(f"{PLAN}add/", plans.care_activity_add, name="care-activity-add"),
    path(
        f"{PLAN}<bigid:activity_id>/remove/",
        plans.care_activity_remove,
        name="care-activity-remove",
    ),
    path(f"{PLAN}<bigid:activity_id>/done/", plans.care_activity_done, name="care-activity-done"),
    path("care/funds/", funds.care_funds, name="care-funds"),
    path("care/funds/open/", funds.care_fund_open, name="care-fund-open"),
    path(FUND, funds.care_fund, name="care-fund"),
    path(f"{FUND}deposit/", funds.care_fund_deposit, name="care-fund-deposit"),
    path(f"{FUND}propose/", funds.care_proposal_add, name="care-proposal-add"),
    path(
        f"{FUND}<bigid:fund_entry_id>/reverse/",
        funds.care_fund_reverse,
        name="care-fund-reverse",
    ),
    path(PROPOSAL, funds.care_proposal, name="care-proposal"),
    path(f"{PROPOSAL}edit/", funds.care_proposal_edit, name="care-proposal-edit"),
    path(f"{PROPOSAL}submit/", funds.care_proposal_submit, name="care-proposal-submit"),
    path(f"{PROPOSAL}pay/", funds.care_proposal_pay, name="care-proposal-pay"),
    path(f"{PROPOSAL}finish/", funds.care_proposal_finish, name="care-proposal-finish"),
    path("care/newsletters/", issues.care_issues, name="care-issues"),
    path("care/newsletters/add/", issues.care_issue_add, name="care-issue-add"),
    path(ISSUE, issues.care_issue, name="care-issue"),
    path(f"{ISSUE}edit/", issues.care_issue_edit, name="care-issue-edit"),
    path(f"{ISSUE}publish/", issues.care_issue_publish, name="care-issue-publish"),
    path("care/groups/add/", events.care_group_add, name="care-group-add"),
    path("care/events/", events.care_events, name="care-events"),
    path("care/events/add/", events.care_event_add, name="care-event-add"),
    path(EVENT, events.care_event, name="care-event"),
    path(f"{EVENT}edit/", events.care_event_edit, name="care-event-edit"),
    path(f"{EVENT}invite/", events.care_event_invite, name="care-event-invite"),
    path(f"{EVENT}sign-up/", events.care_event_sign_up, name="care-event-sign-up"),
    path(f"{EVENT}close/", events.care_event_close, name="care-event-close"),
    path(f"{EVENT}cancel/", events.care_event_cancel, name="care-event-cancel"),
    path(
        f"{EVENT}<bigid:sign_up_id>/check-in/",
        events.care_event_check_in,
        name="care-event-check-in",
    ),
    path(
        f"{EVENT}<bigid:sign_up_id>/sign-off/",
        events.care_event_sign_off,
        name="care-event-sign-off",
    ),
    path(
        f"{EVENT}<bigid:sign_up_id>/opinion/", events.care_event_opinion, name="care-event-opinion"
    ),
]
