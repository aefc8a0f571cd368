"""Addresses of knowledge."""

from django.urls import URLPattern, path

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from service.knowledge import (
    answer_views,
    article_views,
    case_views,
    centre_views,
    help_views,
    missing_views,
    rating_views,
    service_views,
)

ARTICLE = "knowledge/<bigid:article_id>/"
MISSING = "knowledge/missing/<bigid:missing_id>/"
ITEM = "services/<bigid:service_item_id>/"
ORDER = "services/orders/<bigid:service_order_id>/"
UNIT = "centre/<bigid:centre_unit_id>/"
urlpatterns: list[URLPattern] = [
    path("knowledge/", article_views.article_list, name="article-list"),
    path("knowledge/search/", article_views.article_search, name="article-search"),
    path("knowledge/add/", article_views.article_add, name="article-add"),
    path("knowledge/missing/", missing_views.missing_list, name="missing-list"),
    path(MISSING, missing_views.missing_detail, name="missing-detail"),
    path(f"{MISSING}assign/", missing_views.missing_assign, name="missing-assign"),
    path(f"{MISSING}answer/", missing_views.missing_answer, name="missing-answer"),
    path(f"{MISSING}dismiss/", missing_views.missing_dismiss, name="missing-dismiss"),
    path(ARTICLE, article_views.article_detail, name="article-detail"),
    path(f"{ARTICLE}file/", article_views.article_file, name="article-file"),
    path(f"{ARTICLE}check/", article_views.article_check, name="article-check"),
    path(f"{ARTICLE}use/", article_views.article_use, name="article-use"),
    path(f"{ARTICLE}rate/", article_views.article_rate, name="article-rate"),
    path("help/", help_views.help_page, name="help"),
    path("help/ask/", help_views.help_ask, name="help-ask"),
    path("help/rate/", help_views.help_rate, name="help-rate"),
    path("help/person/", help_views.help_person, name="help-person"),
    path("help/opened/", help_views.help_opened, name="help-opened"),
    path("help/track/", help_views.help_track, name="help-track"),
    path("help/cases/", case_views.help_case_list, name="help-case-list"),
    path(
        "help/cases/<bigid:help_case_id>/called/",
        case_views.help_case_called,
        name="help-case-called",
    ),
    path("help/<bigid:help_article_id>/", help_views.help_article, name="help-article"),
    path("help/rate/<str:rating_token>/", rating_views.help_rating, name="help-rating"),
    path("ratings/", rating_views.rating_list, name="rating-list"),
    path("ratings/<bigid:consult_rating_id>/", rating_views.rating_note, name="rating-note"),
    path("feedback/", rating_views.feedback_list, name="opinion-list"),
    path("feedback/<bigid:feedback_id>/", rating_views.feedback_reply, name="feedback-reply"),
    path("services/", service_views.service_list, name="service-list"),
    path("services/add/", service_views.service_add, name="service-add"),
    path("services/complete/", service_views.service_complete, name="service-complete"),
    path("services/orders/", service_views.order_list, name="service-order-list"),
    path(ORDER, service_views.order_detail, name="service-order"),
    path(f"{ORDER}<slug:order_step>/", service_views.order_step, name="service-order-step"),
    path(f"{ITEM}edit/", service_views.service_edit, name="service-edit"),
    path(f"{ITEM}book/", service_views.service_book, name="service-book"),
    path("help/credo/", centre_views.help_credo, name="help-credo"),
    path("expectations/", centre_views.gap_list, name="gap-list"),
    path("centre/", centre_views.centre_page, name="centre"),
    path("centre/add/", centre_views.centre_unit_add, name="centre-unit-add"),
    path(UNIT, centre_views.centre_unit_detail, name="centre-unit"),
    path(f"{UNIT}edit/", centre_views.centre_unit_edit, name="centre-unit-edit"),
    path(f"{UNIT}tasks/", centre_views.centre_work_add, name="centre-work-add"),
    path(
        "knowledge/reply/<bigid:reply_ticket_id>/", answer_views.ticket_reply, name="ticket-reply"
    ),
]
