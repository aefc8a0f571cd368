"""Pages of campaigns, budgets and cost."""

from django.urls import path
from django.urls.resolvers import URLPattern

from marketing.campaigns.views import boards, campaigns, money, plans, steps

CAMPAIGN = "campaigns/<bigid:campaign_id>/"
PLACEMENT = "campaigns/publicity/<bigid:placement_id>/"
BUDGET = "budgets/<bigid:budget_id>/"
COST = "costs/<bigid:cost_id>/"

urlpatterns: list[URLPattern] = [
    path("campaigns/", campaigns.campaigns, name="campaigns"),
    path("campaigns/add/", campaigns.campaign_add, name="campaign-add"),
    path("campaigns/calendar/", boards.campaign_calendar, name="campaign-calendar"),
    path("campaigns/matrix/", boards.publicity_grid, name="publicity-grid"),
    path("campaigns/matrix/file/", boards.publicity_grid_xlsx, name="publicity-grid-xlsx"),
    path("campaigns/report/", boards.campaign_report, name="campaign-report"),
    path(CAMPAIGN, campaigns.campaign, name="campaign"),
    path(f"{CAMPAIGN}edit/", campaigns.campaign_edit, name="campaign-edit"),
    path(f"{CAMPAIGN}mix/", campaigns.campaign_mix, name="campaign-mix"),
    path(f"{CAMPAIGN}ask/", steps.campaign_ask, name="campaign-ask"),
    path(f"{CAMPAIGN}withdraw/", steps.campaign_withdraw, name="campaign-withdraw"),
    path(f"{CAMPAIGN}launch/", steps.campaign_launch, name="campaign-launch"),
    path(f"{CAMPAIGN}end/", steps.campaign_end, name="campaign-end"),
    path(f"{CAMPAIGN}stop/", steps.campaign_stop, name="campaign-stop"),
    path(f"{CAMPAIGN}loop/", steps.campaign_loop, name="campaign-loop"),
    path(f"{CAMPAIGN}review/", steps.campaign_review, name="campaign-review"),
    path(f"{CAMPAIGN}effect/", boards.campaign_effect, name="campaign-effect"),
    path(f"{CAMPAIGN}rows/", boards.campaign_rows, name="campaign-rows"),
    path(f"{CAMPAIGN}publicity/add/", steps.placement_add, name="placement-add"),
    path(f"{PLACEMENT}edit/", steps.placement_edit, name="placement-edit"),
    path(f"{PLACEMENT}remove/", steps.placement_remove, name="placement-remove"),
    path("budgets/", money.budgets, name="budgets"),
    path("budgets/add/", money.budget_add, name="budget-add"),
    path("budgets/move/", money.budget_move, name="budget-move"),
    path(BUDGET, money.budget, name="budget"),
    path(f"{BUDGET}edit/", money.budget_edit, name="budget-edit"),
    path("costs/", money.costs, name="costs"),
    path("costs/add/", money.cost_add, name="cost-add"),
    path(COST, money.cost, name="cost"),
    path(f"{COST}pay/", money.cost_pay, name="cost-pay"),
    path(f"{COST}allocate/", money.cost_allocate, name="cost-allocate"),
    path("marketing-plans/", plans.planning_cases, name="planning-cases"),
    path("marketing-plans/add/", plans.planning_case_add, name="planning-case-add"),
    path("marketing-plans/<bigid:planning_case_id>/", plans.planning_case, name="planning-case"),
]
