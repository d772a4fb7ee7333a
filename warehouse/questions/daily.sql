-- Records by day (UTC), kind and primary cause: what a check holds against the index.
SELECT
    toString(toDate(r.occurred_at, 'UTC')) AS day,
    r.kind AS kind,
    arrayElement(r.causes.code, 1) AS cause,
    count() AS records
FROM records AS r FINAL
WHERE {{filters}}
GROUP BY day, kind, cause
ORDER BY day, kind, cause
