"""The addresses of channels: part of the table of access."""

from tests.access.gates import Door, Gate, action, open_page, page

SEE, KEEP, PARTNERS = "see channels", "keep channels", "keep partners"
MONEY, PAY, PORTAL = "see commission", "pay commission", "use the partner portal"
SIGNED = Door({"POST": Gate("be signed in", 403)}, open_to_all={"POST": 403}, is_api=True)

CHANNELS_DOORS: dict[str, Door] = {
    "marketing:channels": page(SEE),
    "marketing:channel-add": page(KEEP, post=422),
    "marketing:channel-scorecard": page(SEE),
    "marketing:lead-codes": page(SEE),
    "marketing:lead-code-add": page(KEEP, post=422),
    "marketing:lead-code": page(SEE, of="project"),
    "marketing:lead-code-switch": action(KEEP, 302, of="project"),
    "marketing:lead-intakes": page(SEE),
    "marketing:media-accounts": page(SEE),
    "marketing:media-account-add": page(KEEP, post=422),
    "marketing:media-account": page(SEE),
    "marketing:media-post-add": page(KEEP, post=422),
    "marketing:channel": page(SEE),
    "marketing:channel-edit": page(KEEP, post=422),
    "marketing:partners": page(MONEY),
    "marketing:partner-add": page(PARTNERS, post=422),
    "marketing:commissions": page(MONEY),
    "marketing:partner": page(MONEY, of="project"),
    "marketing:partner-edit": page(PARTNERS, post=422, of="project"),
    "marketing:partner-move": page(PARTNERS, post=422, of="project"),
    "marketing:partner-breach": page(PARTNERS, post=422, of="project"),
    "marketing:partner-staff-add": page(PARTNERS, post=422, of="project"),
    "marketing:partner-staff-leave": action(PARTNERS, 302, of="project"),
    "marketing:partner-access-close": action(PARTNERS, 302, of="project"),
    "marketing:partner-access": page(PARTNERS, post=422, of="project"),
    "marketing:partner-commission": page(MONEY, of="project"),
    "marketing:partner-pay": page(PAY, post=422, of="project"),
    "marketing:partner-portal": page(PORTAL),
    "marketing:partner-register": page(PORTAL, post=422),
    "marketing:enquire": open_page(POST=422),
    "marketing:enquire-code": open_page(POST=422),
    "api:lead-intake": SIGNED,
}
