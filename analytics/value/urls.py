"""Pages of value."""

from django.urls import URLPattern, path

from analytics.value.views import acting, findings, lists, money, tab
from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known

CARD = "value/advice/<bigid:advice_card_id>/"
PLAN = "value/budgets/<bigid:mix_plan_id>/"
COST = "value/costs/<bigid:cost_pool_id>/"
urlpatterns: list[URLPattern] = [
    path("customers/<bigid:customer_id>/value/", tab.value_tab, name="customer-value"),
    path("value/", lists.value_list, name="value-list"),
    path("value/likely/", lists.value_likely, name="value-likely"),
    path("value/intent/", lists.value_intent, name="value-intent"),
    path("value/segments/", lists.value_segments, name="value-segments"),
    path("value/groups/", lists.value_clusters, name="value-clusters"),
    path("value/groups/<bigid:value_cluster_id>/", lists.value_cluster, name="value-cluster"),
    path("value/rules/", findings.value_rules, name="value-rules"),
    path(
        "value/rules/<bigid:basket_rule_id>/decide/",
        findings.value_rule_decide,
        name="value-rule-decide",
    ),
    path("value/forecasts/", findings.value_forecasts, name="value-forecasts"),
    path("value/model/", findings.value_model, name="value-model"),
    path("value/advice/", acting.value_advice, name="value-advice"),
    path(CARD, acting.value_advice_card, name="value-advice-card"),
    path(f"{CARD}decide/", acting.value_advice_decide, name="value-advice-decide"),
    path(f"{CARD}outcome/", acting.value_advice_outcome, name="value-advice-outcome"),
    path("value/budgets/", acting.value_mix, name="value-mix"),
    path("value/budgets/add/", acting.value_mix_add, name="value-mix-add"),
    path(PLAN, acting.value_mix_plan, name="value-mix-plan"),
    path(f"{PLAN}channel/", acting.value_mix_channel, name="value-mix-channel"),
    path(
        f"{PLAN}channels/<bigid:mix_line_id>/remove/",
        acting.value_mix_remove,
        name="value-mix-remove",
    ),
    path(f"{PLAN}hand-in/", acting.value_mix_hand_in, name="value-mix-hand-in"),
    path("value/costs/", money.value_costs, name="value-costs"),
    path("value/costs/add/", money.value_cost_add, name="value-cost-add"),
    path(COST, money.value_cost, name="value-cost"),
    path(f"{COST}reverse/", money.value_cost_reverse, name="value-cost-reverse"),
    path("value/incomes/", money.value_incomes, name="value-incomes"),
    path("value/incomes/add/", money.value_income_add, name="value-income-add"),
    path(
        "value/incomes/<bigid:customer_income_id>/reverse/",
        money.value_income_reverse,
        name="value-income-reverse",
    ),
]
