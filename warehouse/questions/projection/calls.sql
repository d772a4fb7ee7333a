-- Calls by which a slice of the source links records, or linked them before it told one anew. A record that is stored twice until it
-- is merged may stand for two: then its call is looked at in vain.
SELECT call_id
FROM
(
    SELECT call_id
    FROM records
    WHERE call_id IN (SELECT call_id FROM records WHERE {{slice}} AND call_id != '')
    GROUP BY call_id
    HAVING count() > 1
    UNION ALL
    SELECT call_id FROM retold WHERE {{slice}} AND kept_in = 'records' AND call_id != ''
)
