"""Addresses of consents, texts and news."""

from django.urls import path

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from customers.views import consents, news, texts

urlpatterns = [
    path("customers/<bigid:customer_id>/consents/", consents.consents_tab, name="consents"),
    path(
        "customers/<bigid:customer_id>/consents/record/",
        consents.consent_record,
        name="consent-record",
    ),
    path(
        "customers/<bigid:customer_id>/channels/", consents.channel_refusal, name="channel-refusal"
    ),
    path("templates/", texts.text_list, name="text-list"),
    path("templates/<slug:occasion>/<slug:channel>/", texts.text_edit, name="text-edit"),
    path("customers/<bigid:customer_id>/text/", texts.text_use, name="text-use"),
    path("news/", news.news_list, name="news-list"),
    path("news/add/", news.news_add, name="news-add"),
    path("news/<bigid:news_id>/", news.news_detail, name="news-detail"),
    path("news/<bigid:news_id>/edit/", news.news_edit, name="news-edit"),
    path("news/<bigid:news_id>/publish/", news.news_publish, name="news-publish"),
    path("news/<bigid:news_id>/withdraw/", news.news_withdraw, name="news-withdraw"),
    path("news/<bigid:news_id>/not-told/", news.news_not_told, name="news-not-told"),
    path("news/<bigid:news_id>/told/<bigid:customer_id>/", news.news_told, name="news-told"),
    path("news/tellings/<bigid:telling_id>/read/", news.telling_read, name="telling-read"),
]
