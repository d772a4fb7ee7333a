-- Cases that a party held in intervals begun in the span: those that department_holds.sql sums.
    SELECT
        lower(hex(case_key)) AS work_order,
        sum(minutes) AS held_min,
        toBool(max(is_open)) AS open_now,
        toUnixTimestamp64Milli(min(began)) AS at
    FROM case_times FINAL
    ARRAY JOIN holds.holder AS holder, holds.minutes AS minutes, holds.open AS is_open, holds.from AS began
    WHERE began >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        AND began < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
        AND holder = {holder:String}
    GROUP BY work_order
    HAVING {only_open:UInt8} = 0 OR open_now
