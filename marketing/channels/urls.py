"""Pages of channels."""

from django.urls import path
from django.urls.resolvers import URLPattern

from marketing.channels import public_views as public
from marketing.channels.views import channels, media, partners, portal

CODE = "channels/codes/<bigid:lead_code_id>/"
CHANNEL = "channels/<bigid:channel_id>/"
PARTNER = "partners/<bigid:partner_id>/"
ACCOUNT = "channels/media/<bigid:media_account_id>/"

urlpatterns: list[URLPattern] = [
    path("channels/", channels.channels, name="channels"),
    path("channels/add/", channels.channel_add, name="channel-add"),
    path("channels/scorecard/", channels.channel_scorecard, name="channel-scorecard"),
    path("channels/codes/", channels.lead_codes, name="lead-codes"),
    path("channels/codes/add/", channels.lead_code_add, name="lead-code-add"),
    path(CODE, channels.lead_code, name="lead-code"),
    path(f"{CODE}switch/", channels.lead_code_switch, name="lead-code-switch"),
    path("channels/leads/", channels.lead_intakes, name="lead-intakes"),
    path("channels/media/", media.media_accounts, name="media-accounts"),
    path("channels/media/add/", media.media_account_add, name="media-account-add"),
    path(ACCOUNT, media.media_account, name="media-account"),
    path(f"{ACCOUNT}post/", media.media_post_add, name="media-post-add"),
    path(CHANNEL, channels.channel, name="channel"),
    path(f"{CHANNEL}edit/", channels.channel_edit, name="channel-edit"),
    path("partners/", partners.partners, name="partners"),
    path("partners/add/", partners.partner_add, name="partner-add"),
    path("partners/commission/", partners.commissions, name="commissions"),
    path(PARTNER, partners.partner, name="partner"),
    path(f"{PARTNER}edit/", partners.partner_edit, name="partner-edit"),
    path(f"{PARTNER}move/", partners.partner_move, name="partner-move"),
    path(f"{PARTNER}breach/", partners.partner_breach, name="partner-breach"),
    path(f"{PARTNER}staff/", partners.partner_staff_add, name="partner-staff-add"),
    path(
        f"{PARTNER}staff/<bigid:partner_staff_id>/leave/",
        partners.partner_staff_leave,
        name="partner-staff-leave",
    ),
    path(f"{PARTNER}access/", partners.partner_access, name="partner-access"),
    path(
        f"{PARTNER}access/<bigid:partner_login_id>/close/",
        partners.partner_access_close,
        name="partner-access-close",
    ),
    path(f"{PARTNER}commission/", partners.partner_commission, name="partner-commission"),
    path(f"{PARTNER}pay/", partners.partner_pay, name="partner-pay"),
    path("portal/", portal.partner_portal, name="partner-portal"),
    path("portal/register/", portal.partner_register, name="partner-register"),
    path("enquire/", public.enquire, name="enquire"),
    path("q/<slug:lead_code>/", public.enquire, name="enquire-code"),
]
