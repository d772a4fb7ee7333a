-- Who was praised, and one text of those: neither too short nor too long, nearest to a good length.
SELECT
    name,
    uniqExact(record_id) AS records,
    argMin(record_id, rank) AS example_id,
    argMin(text, rank) AS example
FROM
(
    SELECT
        record_id,
        text,
        tuple(abs(toInt32(lengthUTF8(text)) - {length:Int32}), occurred_at, record_id) AS rank,
        arrayJoin(arrayDistinct(arrayMap(
            (agent, department) -> if(agent != '', toString(agent), toString(department)), praised.agent_no, praised.department))) AS name
    FROM records FINAL
    WHERE stream = 'commendations'
        AND occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
)
WHERE name != ''
GROUP BY name
ORDER BY records DESC, name
LIMIT {limit:UInt32}
