-- Only some hours.
        AND toStartOfHour({{time}}) IN (SELECT toDateTime(arrayJoin({hours:Array(Int64)}), 'UTC'))
