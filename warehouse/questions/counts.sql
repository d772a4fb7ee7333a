-- Records by day (UTC), kind and cause; a record without a cause counts under the empty cause, one with two under both.
SELECT
    toString(toDate(occurred_at)) AS day,
    kind,
    arrayJoin(if(empty(causes.code), [''], arrayDistinct(causes.code))) AS cause,
    count() AS records
FROM records FINAL
WHERE {{filters}}
GROUP BY day, kind, cause
ORDER BY day, kind, cause
