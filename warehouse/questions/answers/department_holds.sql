-- Minutes that each party held cases, from the cases' time lines.
SELECT
    toString(holder) AS department,
    sum(minutes) AS held_min,
    uniqExact(case_key) AS cases,
    quantileExactLow(0.5)(minutes) AS median_min,
    quantileExact(0.9)(minutes) AS p90_min,
    countIf(is_open) AS open_now
FROM {{rows}}
ARRAY JOIN holds.holder AS holder, holds.minutes AS minutes, holds.open AS is_open, holds.from AS began
WHERE began >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND began < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
GROUP BY department
