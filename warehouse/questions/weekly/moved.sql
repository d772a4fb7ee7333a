-- Records in which an agent quoted a rule that was at fault, by who answers for the rule.
SELECT toString(moved_to) AS department, uniqExact(record_id) AS records, uniqExact(agent) AS agents
FROM attributions FINAL
ARRAY JOIN exonerated.agent_no AS agent, exonerated.moved_to AS moved_to
WHERE occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
GROUP BY department
ORDER BY records DESC, department
