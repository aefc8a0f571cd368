"""Who refuses grades and forecasts by machine, as a statement that others build upon.

Personal Information Protection Law, article 24. The newest word of a customer on the purpose
counts, as in ``services.consents``. Few ever refuse: the statement starts from the refusals and
looks up, over the index ``consent_by_purpose``, whether a later word took each of them back.
"""

from typing import Final

from customers.rules.consent import Purpose

REFUSED: Final = f"""
SELECT DISTINCT no.customer_id FROM customers_consentevent no
WHERE no.purpose = '{Purpose.PROFILING.value}' AND NOT no.is_given AND NOT EXISTS (
    SELECT 1 FROM customers_consentevent later
    WHERE later.customer_id = no.customer_id AND later.purpose = no.purpose
        AND (later.at, later.id) > (no.at, no.id)
)
"""  # noqa: S608 -- a constant of the rule

# Takes grade and standing away from those who refuse; the event keeps no score.
_REMOVE: Final = """
WITH refused AS ({refused}), ungraded AS (
    DELETE FROM customers_customergrade g USING refused r WHERE g.customer_id = r.customer_id
    RETURNING g.customer_id, g.grade, g.policy_version
), unmeasured AS (
    DELETE FROM customers_customerstanding s USING refused r WHERE s.customer_id = r.customer_id
), noted AS (
    INSERT INTO customers_gradeevent (customer_id, at, actor_id, reason, from_grade, to_grade,
        score, points, policy_version, run_id)
    SELECT customer_id, %(now)s, %(actor)s, %(reason)s, grade, '', 0, ARRAY[]::numeric(5, 2)[],
        policy_version, NULL
    FROM ungraded
)
SELECT c.id, c.customer_class, c.id IN (SELECT customer_id FROM ungraded)
FROM customers_customer c WHERE c.id IN (SELECT customer_id FROM refused)
    AND (c.id IN (SELECT customer_id FROM ungraded)
        OR (c.customer_class = 'high_value' AND NOT c.class_is_manual))
ORDER BY c.id FOR NO KEY UPDATE OF c
"""
REMOVE_ALL: Final = _REMOVE.format(refused=REFUSED)
REMOVE_SOME: Final = _REMOVE.format(refused=f"{REFUSED} AND no.customer_id = ANY(%(ids)s)")
