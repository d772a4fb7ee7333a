-- Records with what counts of them: the attribution's word where facts, a judgement or a correction speak, else the text's. The
-- owners of a text's causes are its departments; nobody ('无') is none of them. A text about a delay is undecided without facts.
    SELECT
        r.record_id AS record_id,
        r.occurred_at AS occurred_at,
        r.stream AS stream,
        if(told, a.kind, r.kind) AS kind,
        r.agent_no AS agent_no,
        r.channel AS channel,
        r.lane AS lane,
        r.abstained AND NOT told AS abstained,
        a.record_id != '' AS told,
        multiIf(told, a.basis, r.abstained OR is_delay, 'pending', 'text') AS basis,
        if(told, a.causes, r.causes.code) AS `causes.code`,
        has([{{delays}}], r.causes.code[1]) AS is_delay,
        if(
            told,
            a.departments,
            if(r.abstained OR is_delay, [], arrayFilter(name -> name != '无', r.causes.department))) AS `causes.department`,
        arrayFilter(name -> name != '无', r.causes.department) AS text_departments,
        a.exonerated AS exonerated
    FROM records AS r FINAL
    LEFT JOIN
    (
        SELECT
            record_id,
            occurred_at,
            toString(kind) AS kind,
            toString(basis) AS basis,
            causes,
            responsible.department AS departments,
            exonerated.agent_no AS exonerated
        FROM attributions FINAL
        WHERE occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
            AND occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
            {{told_hours}}
    ) AS a ON a.occurred_at = r.occurred_at AND a.record_id = r.record_id
    WHERE r.occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND r.occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
        {{hours}}
