"""Addresses of the handover of units."""

from django.urls import path

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from customers.handover import group_views as groups
from customers.handover import inspection_views as inspection
from customers.handover import unit_views as units
from customers.handover import views

BATCH = "handover/<bigid:batch_id>/"
UNIT = "handover/units/<bigid:delivery_id>/"
GROUP = "handover/groups/<bigid:group_id>/"
urlpatterns = [
    path("handover/", views.delivery_list, name="delivery-list"),
    path("handover/add/", views.delivery_add, name="delivery-add"),
    path("handover/rate/", views.delivery_rate, name="delivery-rate"),
    path("handover/units/", units.delivery_units, name="delivery-units"),
    path(BATCH, views.delivery_batch, name="delivery-batch"),
    path(f"{BATCH}edit/", views.delivery_edit, name="delivery-edit"),
    path(f"{BATCH}fill/", views.delivery_fill, name="delivery-fill"),
    path(f"{BATCH}checks/<slug:check>/", views.delivery_check, name="delivery-check"),
    path(f"{BATCH}approval/", views.delivery_approval, name="delivery-approval"),
    path(f"{BATCH}notices/", views.delivery_notify, name="delivery-notify"),
    path(f"{BATCH}slots/", views.delivery_slots, name="delivery-slots"),
    path(f"{BATCH}roster/", views.delivery_roster, name="delivery-roster"),
    path(f"{BATCH}roster/<bigid:duty_id>/", views.delivery_off_roster, name="delivery-off-roster"),
    path(UNIT, units.delivery_unit, name="delivery-unit"),
    path(f"{UNIT}book/", units.delivery_book, name="delivery-book"),
    path(f"{UNIT}notice/", units.delivery_handed, name="delivery-handed"),
    path(f"{UNIT}arrive/", units.delivery_arrive, name="delivery-arrive"),
    path(f"{UNIT}call/", units.delivery_call, name="delivery-call"),
    path(f"{UNIT}stations/<slug:station>/", units.delivery_pass, name="delivery-pass"),
    path(f"{UNIT}refuse/", units.delivery_refuse, name="delivery-refuse"),
    path(f"{UNIT}transfer/", units.delivery_transfer, name="delivery-transfer"),
    path(f"{UNIT}transfer/sign/", units.delivery_transfer_sign, name="delivery-transfer-sign"),
    path(f"{UNIT}inspection/", inspection.delivery_inspection, name="delivery-inspection"),
    path(f"{UNIT}rooms/<slug:room>/", inspection.delivery_room, name="delivery-room"),
    path(f"{UNIT}defects/", inspection.delivery_defect, name="delivery-defect"),
    path("handover/defects/<bigid:defect_id>/photo/", inspection.defect_photo, name="defect-photo"),
    path(
        "handover/defects/<bigid:defect_id>/<slug:step>/",
        inspection.defect_step,
        name="defect-step",
    ),
    path(GROUP, groups.delivery_group, name="delivery-group"),
    path(f"{GROUP}form/", groups.delivery_group_form, name="delivery-group-form"),
    path(f"{GROUP}close/", groups.delivery_group_close, name="delivery-group-close"),
    path(
        "purchases/<bigid:purchase_id>/handover/",
        units.delivery_of_purchase,
        name="delivery-of-purchase",
    ),
]
