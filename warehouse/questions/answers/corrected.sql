-- Records with what their corrections last said, for training: the last that names a kind, and the last that names causes.
SELECT
    r.record_id AS id,
    r.text AS text,
    if(c.kind = '', toString(r.kind), c.kind) AS kind,
    if(c.names_causes, c.causes, r.causes.code) AS causes
FROM records AS r FINAL
INNER JOIN
(
    SELECT
        record_id,
        argMaxIf(toString(kind), (occurred_at, event_id), kind != '') AS kind,
        argMaxIf(causes, (occurred_at, event_id), causes_corrected) AS causes,
        max(causes_corrected) AS names_causes
    FROM corrections FINAL
    GROUP BY record_id
) AS c ON c.record_id = r.record_id
ORDER BY id
