({unsure:String} = '' OR ({unsure:String} = 'abstained' AND abstained) OR ({unsure:String} = 'pending' AND basis = 'pending'))
    AND (NOT {over_promised:Bool} OR record_id IN
    (
        SELECT record_id FROM attributions FINAL
        WHERE occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
            AND occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
            AND arrayExists(reason -> reason IN ('overpromise', 'rule_quoted'), responsible.reason)
            AND promised_min IS NOT NULL AND capability_min IS NOT NULL
            AND ({over_lane:String} = '' OR lane = {over_lane:String})
    ))
