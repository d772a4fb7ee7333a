-- Records by ISO week of the question's zone and kind, with those too unsure and those undecided.
SELECT
    week,
    toString(kind) AS kind,
    count() AS records,
    countIf(abstained) AS unsure,
    countIf(basis = 'pending') AS undecided
FROM
(
    SELECT formatDateTime(occurred_at, '%G-W%V', {zone:String}) AS week, kind, abstained, basis
    FROM
    (
{{attributed}}
    )
)
GROUP BY week, kind
ORDER BY week, kind
