-- Agents by contacts taken, with commendations received; the busiest first. Nothing that could shame anybody.
SELECT agent, sum(contacts) AS contacts, sum(praise) AS commendations
FROM
(
    SELECT toString(agent_no) AS agent, countIf(stream IN ('complaints', 'call-notes')) AS contacts, 0 AS praise
    FROM records FINAL
    WHERE agent_no != ''
        AND occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    GROUP BY agent
    UNION ALL
    SELECT toString(praised_agent) AS agent, 0 AS contacts, count() AS praise
    FROM records FINAL
    ARRAY JOIN praised.agent_no AS praised_agent
    WHERE stream = 'commendations' AND praised_agent != ''
        AND occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    GROUP BY agent
)
GROUP BY agent
ORDER BY commendations DESC, contacts DESC, agent
LIMIT {limit:UInt32}
