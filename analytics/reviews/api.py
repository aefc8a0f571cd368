"""Reports of results over the API: reports, measures, management reviews, summaries, weeks."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.reviews import choices
from analytics.reviews.filters import MeasureFilter, ReportFilter, ReviewFilter
from analytics.reviews.meeting_models import (
    Filing,
    ManagementReview,
    ReviewDecision,
    WeeklyReport,
)
from analytics.reviews.querysets import DIRECT, KEEP, OWN, VIEW, place_of
from analytics.reviews.report_models import Measure, PerformanceReport, ReportFigure
from analytics.reviews.rules.filing import filing_state
from analytics.reviews.services.filings import comment_filing, hand_in
from analytics.reviews.services.measures import finish_measure
from analytics.reviews.services.weekly import is_for
from crm_site.common.idempotency import idempotent
from crm_site.staff.current import current_user
from customers.api.resource import ResourceViewSet

READ = {"list": VIEW, "retrieve": VIEW}


class PlaceField(serializers.CharField):
    """The name of the region; null means the whole company."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(source="region.name", read_only=True, allow_null=True, **kwargs)


class ReportFigureSerializer(serializers.ModelSerializer[ReportFigure]):
    """A figure as it was frozen; ``value`` null is no data, never zero, and ``note`` says why."""

    class Meta:
        model = ReportFigure
        fields = [
            *("id", "block", "kpi", "label", "unit", "good", "value", "top", "bottom", "n"),
            *("low", "high", "before", "target", "light", "note"),
        ]


class PerformanceReportSerializer(serializers.ModelSerializer[PerformanceReport]):
    """A report with its frozen figures and what was found, block by block."""

    place = PlaceField()
    figures = ReportFigureSerializer(many=True, read_only=True)
    notes = serializers.DictField(child=serializers.CharField())

    class Meta:
        model = PerformanceReport
        fields = [
            *("id", "number", "kind", "place", "starts_on", "ends_on", "state", "notes"),
            *("frozen_at", "published_at", "published_by", "figures"),
        ]


class MeasureSerializer(serializers.ModelSerializer[Measure]):
    """Why, what, who, until when, and what came of it; which report or review asked for it."""

    place = PlaceField()

    class Meta:
        model = Measure
        fields = [
            *("id", "report", "review", "place", "kpi", "cause", "what", "owner", "due_on"),
            *("first_due_on", "done_on", "result", "created_at", "updated_at"),
        ]


class ResultSerializer(serializers.Serializer[Any]):
    """What came of a measure, with a figure if there is one."""

    result = serializers.CharField(max_length=300)


class ReviewDecisionSerializer(serializers.ModelSerializer[ReviewDecision]):
    """A decision of a review."""

    class Meta:
        model = ReviewDecision
        fields = ["id", "text", "at", "by"]


class ManagementReviewSerializer(serializers.ModelSerializer[ManagementReview]):
    """A management review with minutes and decisions; its measures stand among the measures."""

    place = PlaceField()
    decisions = ReviewDecisionSerializer(many=True, read_only=True)

    class Meta:
        model = ManagementReview
        fields = [
            *("id", "kind", "year", "place", "state", "held_on", "attendees", "minutes"),
            *("satisfaction", "performance", "decisions", "closed_at", "closed_by"),
        ]


class FilingSerializer(serializers.ModelSerializer[Filing]):
    """The summary a region owes head office for a quarter, and what head office says to it."""

    place = PlaceField()
    state = serializers.SerializerMethodField()

    class Meta:
        model = Filing
        fields = [
            *("id", "place", "starts_on", "ends_on", "due_on", "state", "report", "summary"),
            *("handed_at", "handed_by", "comment", "commented_by"),
        ]

    @extend_schema_field(serializers.ChoiceField(choices=choices.FILING_STATES))
    def get_state(self, row: Filing) -> str:
        """Return expected, missing, in_time or late as of today."""
        handed = timezone.localdate(row.handed_at) if row.handed_at else None
        return filing_state(row.due_on, handed, today=timezone.localdate()).value


class SummarySerializer(serializers.Serializer[Any]):
    """The quarter in words: what went well, what not."""

    summary = serializers.CharField(max_length=3000)


class CommentSerializer(serializers.Serializer[Any]):
    """What head office says to a summary."""

    comment = serializers.CharField(max_length=2000)


class WeekLineSerializer(serializers.Serializer[Any]):
    """One piece of work of a week: done, late or due next; the page it stands on."""

    source = serializers.CharField()  # type: ignore[assignment]
    title = serializers.CharField()
    owner = serializers.CharField()
    due = serializers.CharField(help_text="empty: without a day")
    done = serializers.CharField(help_text="empty: not done")
    state = serializers.ChoiceField(choices=["done", "late", "next"])
    url = serializers.CharField()


class WeeklyReportSerializer(serializers.ModelSerializer[WeeklyReport]):
    """The frozen execution report of a week: the lines of the asker's region and of the company."""

    lines = serializers.SerializerMethodField()

    class Meta:
        model = WeeklyReport
        fields = ["id", "week_on", "made_at", "lines"]

    @extend_schema_field(WeekLineSerializer(many=True))
    def get_lines(self, row: WeeklyReport) -> Any:
        region_id = place_of(current_user(self.context["request"]))
        return WeekLineSerializer([x for x in row.lines if is_for(x, region_id)], many=True).data


class ReviewViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ResourceViewSet):
    """List and single ones of the asker's region; all of them for the company."""

    permissions = READ
    joined: tuple[str, ...] = ("region",)
    fetched: tuple[str, ...] = ()

    def get_queryset(self) -> Any:
        rows = self.queryset.visible_to(current_user(self.request))  # type: ignore[arg-type, union-attr]
        return rows.select_related(*self.joined).prefetch_related(*self.fetched)


class PerformanceReportViewSet(ReviewViewSet):
    """Performance reports with their figures, the latest first."""

    queryset = PerformanceReport.objects.all()
    serializer_class = PerformanceReportSerializer
    filterset_class = ReportFilter
    fetched = ("figures",)
    sorts = {"latest": ("-starts_on", "-id"), "number": ("number", "id")}
    default_sort = "latest"


class MeasureViewSet(ReviewViewSet):
    """Measures of one's region and those one answers for: read, report done."""

    queryset = Measure.objects.all()
    serializer_class = MeasureSerializer
    filterset_class = MeasureFilter
    permissions = {"list": OWN, "retrieve": OWN, "finish": OWN}
    sorts = {"due": ("due_on", "id"), "latest": ("-id",)}
    default_sort = "due"

    @extend_schema(request=ResultSerializer, responses=MeasureSerializer)
    @action(detail=True, methods=["post"])
    @idempotent()
    def finish(self, request: Request, pk: str | None = None) -> Response:
        """Report a measure done with its result; 409 where it is done already."""
        row, data = self.get_object(), self.valid(ResultSerializer, request.data)
        done = finish_measure(measure=row, actor=current_user(request), now=timezone.now(), **data)
        return Response(MeasureSerializer(done).data)


class ManagementReviewViewSet(ReviewViewSet):
    """Management reviews with their decisions, the latest first."""

    queryset = ManagementReview.objects.all()
    serializer_class = ManagementReviewSerializer
    filterset_class = ReviewFilter
    fetched = ("decisions",)
    sorts = {"latest": ("-year", "-id")}
    default_sort = "latest"


class FilingViewSet(ReviewViewSet):
    """Summaries of regions: read, hand in one's own, comment for head office."""

    queryset = Filing.objects.all()
    serializer_class = FilingSerializer
    permissions = READ | {"hand_in": KEEP, "comment": DIRECT}
    sorts = {"latest": ("-starts_on", "-id")}
    default_sort = "latest"

    @extend_schema(request=SummarySerializer, responses=FilingSerializer)
    @action(detail=True, methods=["post"], url_path="hand-in")
    @idempotent()
    def hand_in(self, request: Request, pk: str | None = None) -> Response:
        """Hand in the summary with the published report of the quarter; 409 without one."""
        row, data = self.get_object(), self.valid(SummarySerializer, request.data)
        done = hand_in(filing=row, actor=current_user(request), now=timezone.now(), **data)
        return Response(FilingSerializer(done).data)

    @extend_schema(request=CommentSerializer, responses=FilingSerializer)
    @action(detail=True, methods=["post"])
    @idempotent()
    def comment(self, request: Request, pk: str | None = None) -> Response:
        """Keep what head office says; 409 while there is no summary."""
        row, data = self.get_object(), self.valid(CommentSerializer, request.data)
        done = comment_filing(filing=row, actor=current_user(request), now=timezone.now(), **data)
        return Response(FilingSerializer(done).data)


class WeeklyReportViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ResourceViewSet):
    """Weekly execution reports, the latest first, with the lines the asker may see."""

    queryset = WeeklyReport.objects.all()
    serializer_class = WeeklyReportSerializer
    permissions = READ
    sorts = {"latest": ("-week_on", "-id")}
    default_sort = "latest"
