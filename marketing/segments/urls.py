"""Pages of segments."""

from django.urls import path
from django.urls.resolvers import URLPattern

from marketing.segments.views import chances, placements, programme, record, segments

urlpatterns: list[URLPattern] = [
    path("segments/", segments.segments, name="segments"),
    path("segments/add/", segments.segment_add, name="segment-add"),
    path("segments/clusters/", segments.segment_from_cluster, name="segment-from-cluster"),
    path("segments/audiences/", placements.placements, name="audiences"),
    path(
        "segments/audiences/<bigid:audience_id>/spend/",
        placements.placement_spend,
        name="audience-spend",
    ),
    path("segments/<bigid:segment_id>/", segments.segment, name="segment"),
    path("segments/<bigid:segment_id>/edit/", segments.segment_edit, name="segment-edit"),
    path("segments/<bigid:segment_id>/members/", segments.segment_members, name="segment-members"),
    path("segments/<bigid:segment_id>/freeze/", segments.segment_freeze, name="segment-freeze"),
    path(
        "segments/<bigid:segment_id>/put-away/", segments.segment_put_away, name="segment-put-away"
    ),
    path(
        "segments/frozen/<bigid:snapshot_id>/", segments.snapshot_members, name="snapshot-members"
    ),
    path(
        "segments/frozen/<bigid:snapshot_id>/audience/",
        placements.snapshot_place,
        name="snapshot-place",
    ),
    path("opportunities/", chances.opportunities, name="opportunities"),
    path("opportunities/<bigid:opportunity_id>/", chances.opportunity, name="opportunity"),
    path(
        "opportunities/<bigid:opportunity_id>/take/",
        chances.opportunity_take,
        name="opportunity-take",
    ),
    path(
        "opportunities/<bigid:opportunity_id>/close/",
        chances.opportunity_close,
        name="opportunity-close",
    ),
    path("un-closed/", chances.nurture, name="nurture"),
    path("un-closed/send/", chances.nurture_send, name="nurture-send"),
    path("investors/", chances.investor_list, name="investors"),
    path("investors/holdings/<bigid:purchase_id>/edit/", chances.holding_edit, name="holding-edit"),
    path(
        "investors/<bigid:customer_id>/interest/", chances.interest_edit, name="investor-interest"
    ),
    path("programme/", programme.programme_board, name="programme"),
    path("programme/customers/", programme.programme_customers, name="programme-customers"),
    path("programme/move/", programme.programme_move, name="programme-move"),
    path("programme/ranking/", programme.ranking, name="ranking"),
    path("programme/points/", programme.team_points, name="team-points"),
    path(
        "customers/<bigid:customer_id>/chances/", record.customer_chances, name="customer-chances"
    ),
    path("customers/<bigid:customer_id>/chances/use/", record.action_use, name="action-use"),
    path(
        "customers/<bigid:customer_id>/chances/recommend/",
        record.recommendations_make,
        name="recommendations-make",
    ),
    path(
        "customers/<bigid:customer_id>/chances/spend/", record.spend_declare, name="spend-declare"
    ),
    path(
        "recommendations/<bigid:recommendation_id>/react/",
        record.recommendation_react,
        name="recommendation-react",
    ),
]
