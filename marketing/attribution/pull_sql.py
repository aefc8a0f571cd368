"""Touches out of what customers tell already: captures, visits and introductions."""

from typing import Final

from customers.rules.entry import CapturePoint
from customers.rules.journey import JourneyPoint

CAPTURES: Final = [point.value for point in CapturePoint]
# What a contract leads to is no touch before it.
RESULTS: Final = [JourneyPoint.SIGNING.value, JourneyPoint.MOVE_IN.value]

_COLUMNS = "customer_id, at, kind, channel_code, campaign_code, lead_id, source_key, weight"
# A source event carries the campaign of its lead.
CAPTURED: Final = f"""
INSERT INTO marketing_touch ({_COLUMNS})
SELECT e.customer_id, e.at, CASE WHEN e.capture_point = ANY(%(captures)s) THEN 'enquiry'
    ELSE 'journey' END, e.source, coalesce(nullif(l.campaign, 'none'), ''), e.lead_id,
    'source:' || e.id, 1
FROM customers_sourceevent e LEFT JOIN customers_lead l ON l.id = e.lead_id
WHERE e.capture_point <> ALL(%(results)s) AND e.source <> ''
    AND NOT EXISTS (SELECT FROM marketing_touch t WHERE t.source_key = 'source:' || e.id)
ON CONFLICT (source_key) DO NOTHING
"""  # noqa: S608 -- constants of the code
# Who comes to the site comes because of the latest lead, or of the first source.
VISITED: Final = f"""
INSERT INTO marketing_touch ({_COLUMNS})
SELECT g.customer_id, m.starts_at, CASE WHEN m.kind = 'meeting' THEN 'event' ELSE 'visit' END,
    coalesce(l.source, c.source), coalesce(nullif(l.campaign, 'none'), ''), l.id,
    'meeting:' || g.id, 1
FROM customers_meetingguest g JOIN customers_meeting m ON m.id = g.meeting_id
JOIN customers_customer c ON c.id = g.customer_id
LEFT JOIN LATERAL (
    SELECT id, source, campaign FROM customers_lead
    WHERE customer_id = g.customer_id AND received_at <= m.starts_at
        AND (m.project_id IS NULL OR project_id IS NULL OR project_id = m.project_id)
    ORDER BY received_at DESC, id DESC LIMIT 1
) l ON true
WHERE g.attended AND m.kind <> 'upkeep' AND m.starts_at <= %(now)s
    AND coalesce(l.source, c.source) <> ''
    AND NOT EXISTS (SELECT FROM marketing_touch t WHERE t.source_key = 'meeting:' || g.id)
ON CONFLICT (source_key) DO NOTHING
"""  # noqa: S608 -- constants of the code
# Whoever an owner introduced was touched by that, also where the lead names another source.
INTRODUCED: Final = f"""
INSERT INTO marketing_touch ({_COLUMNS})
SELECT c.id, least(c.created_at, (SELECT min(received_at) FROM customers_lead
    WHERE customer_id = c.id)), 'referral', 'referral', '', NULL, 'referrer:' || c.id, 1
FROM customers_customer c
WHERE c.referrer_id IS NOT NULL AND c.merged_into_id IS NULL
    AND NOT EXISTS (SELECT FROM marketing_touch t
        WHERE t.customer_id = c.id AND t.channel_code = 'referral')
ON CONFLICT (source_key) DO NOTHING
"""  # noqa: S608 -- constants of the code
# What was taken back with an import, a visit that was not, an introduction withdrawn.
GONE: Final = """
DELETE FROM marketing_touch t
WHERE t.source_key LIKE 'source:%%' AND NOT EXISTS (
        SELECT FROM customers_sourceevent e
        WHERE 'source:' || e.id = t.source_key AND e.customer_id = t.customer_id)
    OR t.source_key LIKE 'meeting:%%' AND NOT EXISTS (
        SELECT FROM customers_meetingguest g
        WHERE 'meeting:' || g.id = t.source_key AND g.attended AND g.customer_id = t.customer_id)
    OR t.source_key LIKE 'referrer:%%' AND NOT EXISTS (
        SELECT FROM customers_customer c
        WHERE 'referrer:' || c.id = t.source_key AND c.referrer_id IS NOT NULL
            AND c.id = t.customer_id)
"""
STEPS: Final = (GONE, CAPTURED, VISITED, INTRODUCED)
