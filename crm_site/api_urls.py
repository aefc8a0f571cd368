"""The REST interface: resources, token, schema and its pages."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from analytics.churn.api import ChurnScoreViewSet
from analytics.improvement import api as improvement
from analytics.kpis import api as kpis
from analytics.reviews import api as reviews
from analytics.value import api as value
from analytics.winback import api as winback
from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from crm_site.staff.api import TokenView
from customers.api import (
    behaviour,
    duplicates,
    meetings,
    offers,
    prices,
    promises,
    relations,
    strata,
    tags,
    tasks,
    team,
    units,
)
from customers.api import views as customers
from customers.arbitration import api as arbitration
from customers.handover import api as handover
from customers.journey import api as journey
from customers.payment import api as payments
from customers.purchase import api as purchases
from customers.signing.api import SigningCallbackView
from customers.works import api as works
from marketing.channels.api import LeadIntakeView
from service.clocks import api as ticket_clocks
from service.desk.api import CallEventView, DeskMessageView, MenuView
from service.surveys import api as surveys
from service.tickets import api as tickets

router = SimpleRouter()
router.register("appraisals", improvement.AppraisalViewSet, basename="appraisal")
router.register("behaviour-events", behaviour.BehaviourEventViewSet)
router.register("churn-scores", ChurnScoreViewSet, basename="churn-score")
router.register("bonus-funds", improvement.BonusRunViewSet, basename="bonus-fund")
router.register("building-nodes", works.NodeViewSet, basename="building-node")
router.register("churn-alerts", winback.ChurnAlertViewSet, basename="churn-alert")
router.register("claim-cases", arbitration.ClaimCaseViewSet, basename="claim-case")
router.register("customer-costs", value.CustomerCostViewSet, basename="customer-cost")
router.register("customer-incomes", value.CustomerIncomeViewSet, basename="customer-income")
router.register("customer-values", value.CustomerValueViewSet, basename="customer-value")
router.register("customers", customers.CustomerViewSet)
router.register(
    "customers/(?P<customer_id>[0-9]{1,18})/relations",
    relations.RelationViewSet,
    basename="relation",
)
router.register("defects", handover.DefectViewSet, basename="defect")
router.register("deliveries", handover.DeliveryViewSet, basename="delivery")
router.register("delivery-batches", handover.DeliveryBatchViewSet, basename="delivery-batch")
router.register("duplicates", duplicates.DuplicateViewSet, basename="duplicate")
router.register("filings", reviews.FilingViewSet, basename="filing")
router.register("forecasts", value.ForecastViewSet, basename="forecast")
router.register("hand-overs", team.HandoverViewSet)
router.register("improvement-items", improvement.ItemViewSet, basename="improvement-item")
router.register("incentives", improvement.IncentiveViewSet, basename="incentive")
router.register("interactions", customers.InteractionViewSet)
router.register("kpis", kpis.KpiViewSet, basename="kpi")
router.register("leads", customers.LeadViewSet)
router.register("likely-values", value.LikelyValueViewSet, basename="likely-value")
router.register("management-reviews", reviews.ManagementReviewViewSet, basename="management-review")
router.register("measures", reviews.MeasureViewSet, basename="measure")
router.register("meetings", meetings.MeetingViewSet)
router.register("offers", offers.OfferViewSet, basename="offer")
router.register("payments", payments.PaymentViewSet, basename="payment")
router.register(
    "performance-reports", reviews.PerformanceReportViewSet, basename="performance-report"
)
router.register("programmes", improvement.ProgrammeViewSet, basename="programme")
router.register("projects", customers.ProjectViewSet)
router.register("promises", promises.PromiseViewSet, basename="promise")
router.register("purchases", purchases.PurchaseViewSet, basename="purchase")
router.register("reservations", purchases.ReservationViewSet, basename="reservation")
router.register("strata", strata.StratumViewSet)
router.register("survey-responses", surveys.SurveyResponseViewSet, basename="survey-response")
router.register("surveys", surveys.SurveyViewSet, basename="survey")
router.register("tags", tags.TagViewSet)
router.register("tasks", tasks.TaskViewSet)
router.register("ticket-clocks", ticket_clocks.TicketClockViewSet, basename="ticket-clock")
router.register("tickets", tickets.TicketViewSet, basename="ticket")
router.register("tour-views", journey.TourViewViewSet, basename="tour-view")
router.register("units", units.UnitViewSet)
router.register("upkeep-plans", meetings.UpkeepViewSet)
router.register("value-advice", value.AdviceViewSet, basename="value-advice")
router.register("weekly-reports", reviews.WeeklyReportViewSet, basename="weekly-report")
router.register("workload", team.WorkloadViewSet, basename="workload")

app_name = "api"
urlpatterns = [
    *router.urls,
    path(
        "units/<bigid:pk>/price/",
        prices.UnitPriceViewSet.as_view({"get": "retrieve"}),
        name="unit-price",
    ),
    path("signing/callbacks/", SigningCallbackView.as_view(), name="signing-callback"),
    path("cti/events/", CallEventView.as_view(), name="cti-event"),
    path("cti/menu/", MenuView.as_view(), name="cti-menu"),
    path("desk/messages/", DeskMessageView.as_view(), name="desk-message"),
    path("intake/", LeadIntakeView.as_view(), name="lead-intake"),
    path("auth/token/", TokenView.as_view(), name="token"),
    path("schema/", SpectacularAPIView.as_view(metadata_class=None), name="schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(url_name="api:schema", metadata_class=None),
        name="docs",
    ),
]
