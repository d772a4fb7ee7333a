-- Records as their texts were read, before facts and judgements, in the columns of attributed.sql: what weekly surprises count.
    SELECT
        record_id,
        occurred_at,
        stream,
        kind,
        agent_no,
        channel,
        lane,
        abstained,
        'text' AS basis,
        causes.code AS `causes.code`,
        causes.department AS `causes.department`,
        causes.department AS text_departments
    FROM records FINAL
    WHERE occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
        AND NOT abstained
