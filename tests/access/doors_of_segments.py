"""The addresses of segments: part of the table of access."""

from tests.access.gates import Door, action, page

SEE, KEEP, EXPORT = "see segments", "keep segments", "export segments"
CHANCES, WORK = "see chances", "work on chances"
SEGMENTS_DOORS: dict[str, Door] = {
    "marketing:segments": page(SEE),
    "marketing:segment-add": page(KEEP, post=422),
    "marketing:segment-from-cluster": action(KEEP, 409),
    "marketing:segment": page(SEE),
    "marketing:segment-edit": page(KEEP, post=422),
    "marketing:segment-members": page(SEE),
    "marketing:segment-freeze": page(KEEP, post=302),
    "marketing:segment-put-away": action(KEEP, 302),
    "marketing:snapshot-members": page(SEE),
    "marketing:snapshot-place": page(EXPORT, post=422),
    "marketing:audiences": page(SEE),
    "marketing:audience-spend": page(EXPORT, post=422),
    "marketing:opportunities": page(CHANCES),
    "marketing:opportunity": page(CHANCES, of="customer"),
    "marketing:opportunity-take": action(WORK, 302, of="customer"),
    "marketing:opportunity-close": page(WORK, of="customer", post=422),
    "marketing:nurture": page(CHANCES),
    "marketing:nurture-send": action("send information", 422),
    "marketing:investors": page(CHANCES),
    "marketing:holding-edit": page(WORK, of="customer", post=422),
    "marketing:investor-interest": page(WORK, of="customer", post=422),
    "marketing:programme": page(CHANCES),
    "marketing:programme-customers": page(CHANCES),
    "marketing:programme-move": action("run the programme", 422),
    "marketing:ranking": page("run the programme"),
    "marketing:team-points": page(CHANCES),
    "marketing:customer-chances": page(CHANCES, of="customer"),
    "marketing:action-use": action(WORK, 409, of="customer"),
    "marketing:recommendations-make": action(WORK, 302, of="customer"),
    "marketing:spend-declare": action(WORK, 422, of="customer"),
    "marketing:recommendation-react": action(WORK, 422, of="customer"),
}
