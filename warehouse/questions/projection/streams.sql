-- Which tables a slice of the source wrote to, or told anew: what has nothing new touches nothing. Of promises also whether some
-- stand for lanes, of facts about orders whether some are told anew.
SELECT kept_in
FROM
(
    SELECT 'records' AS kept_in FROM records WHERE {{slice}} LIMIT 1
    UNION ALL SELECT 'promises' FROM promises WHERE {{slice}} LIMIT 1
    UNION ALL SELECT 'deliveries' FROM deliveries WHERE {{slice}} LIMIT 1
    UNION ALL SELECT 'case_events' FROM case_events WHERE {{slice}} LIMIT 1
    UNION ALL SELECT 'department_requests' FROM department_requests WHERE {{slice}} LIMIT 1
    UNION ALL SELECT 'department_replies' FROM department_replies WHERE {{slice}} LIMIT 1
    UNION ALL SELECT 'judgements' FROM judgements WHERE {{slice}} LIMIT 1
    UNION ALL SELECT 'appeals' FROM appeals WHERE {{slice}} LIMIT 1
    UNION ALL SELECT 'corrections' FROM corrections WHERE {{slice}} LIMIT 1
    UNION ALL SELECT DISTINCT toString(kept_in) FROM retold WHERE {{slice}}
    UNION ALL SELECT 'told anew' FROM retold WHERE {{slice}} AND kept_in IN ('promises', 'deliveries') LIMIT 1
    UNION ALL SELECT 'standing' FROM
    (
{{standing}}
    )
    LIMIT 1
)
