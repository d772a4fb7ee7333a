-- Weekly counts of causes and of causes on lanes, over the weeks before and the week asked about; and days of the week seen.
SELECT
    cell,
    toUInt32(intDiv({until:Int64} - 1 - toUnixTimestamp64Milli(occurred_at), 604800000)) AS weeks_ago,
    count() AS records,
    groupArraySorted(5)(record_id) AS examples
FROM
(
    SELECT occurred_at, record_id,
        arrayJoin(arrayConcat(
            arrayMap(code -> concat('cause:', code), arrayDistinct(causes.code)),
            if(lane = '', [], arrayMap(code -> concat('cause_lane:', code, ' ', lane), arrayDistinct(causes.code))))) AS cell
    FROM records FINAL
    WHERE occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
        AND NOT abstained
)
GROUP BY cell, weeks_ago
