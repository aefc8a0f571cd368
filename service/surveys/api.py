"""Surveys and their answers, to read; answers of the staff stay with their sums."""

from typing import Any

from rest_framework import mixins, serializers

from crm_site.staff.current import current_user
from customers.api.resource import ResourceViewSet
from service.surveys.filters import ResponseFilter, SurveyFilter
from service.surveys.models import Survey, SurveyAnswer, SurveyResponse
from service.surveys.querysets import VIEW


class SurveySerializer(serializers.ModelSerializer[Survey]):
    """A survey and which version of its questionnaire it asks."""

    class Meta:
        model = Survey
        fields = [
            "id",
            "title",
            "questionnaire",
            "version",
            "trigger",
            "stage",
            "method",
            "project",
            "sample_size",
            "seed",
            "link_days",
            "remind_days",
            "state",
            "opened_at",
            "closed_at",
            "year",
            "contractor",
        ]


class SurveyAnswerSerializer(serializers.ModelSerializer[SurveyAnswer]):
    """One answer as given, its scale, and its points 0 to 100."""

    class Meta:
        model = SurveyAnswer
        fields = ["question", "scale", "value", "points"]


class SurveyResponseSerializer(serializers.ModelSerializer[SurveyResponse]):
    """One answered questionnaire; the rating is out of ten."""

    answers = SurveyAnswerSerializer(many=True, read_only=True)

    class Meta:
        model = SurveyResponse
        fields = [
            "id",
            "survey",
            "version",
            "project",
            "trigger",
            "stage",
            "at",
            "score",
            "rating",
            "recommends",
            "is_low",
            "answers",
        ]


class SurveyViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ResourceViewSet):
    """Surveys of one's area: list and read."""

    queryset = Survey.objects.all()
    serializer_class = SurveySerializer
    filterset_class = SurveyFilter
    permissions = {"list": VIEW, "retrieve": VIEW}
    sorts = {"id": ("-id",)}

    def get_queryset(self) -> Any:
        return Survey.objects.visible_to(current_user(self.request))


class SurveyResponseViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ResourceViewSet):
    """Answers of customers in one's area, without their names: list and read."""

    queryset = SurveyResponse.objects.all()
    serializer_class = SurveyResponseSerializer
    filterset_class = ResponseFilter
    permissions = {"list": VIEW, "retrieve": VIEW}
    sorts = {"id": ("-id",)}

    def get_queryset(self) -> Any:
        rows = SurveyResponse.objects.visible_to(current_user(self.request))
        return rows.of_customers().prefetch_related("answers")
