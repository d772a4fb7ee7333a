-- Of the slice itself, those about which anything but the text may speak, whose text tells both times, or that it tells anew.
    SELECT occurred_at, record_id
    FROM records
    WHERE {{slice}}
        AND (
            order_key != toFixedString('', 16)
            OR case_key != toFixedString('', 16)
            OR (promised_min IS NOT NULL AND actual_min IS NOT NULL)
            -- The ruling may have come before the record.
            OR record_id IN
            (
                SELECT record_id FROM judgements WHERE record_id IN (SELECT record_id FROM records WHERE {{slice}})
                UNION ALL SELECT record_id FROM appeals WHERE record_id IN (SELECT record_id FROM records WHERE {{slice}})
                UNION ALL SELECT record_id FROM corrections WHERE record_id IN (SELECT record_id FROM records WHERE {{slice}})
            ))
    UNION ALL
    SELECT occurred_at, record_id
    FROM records
    WHERE record_id IN (SELECT event_id FROM retold WHERE {{slice}} AND kept_in = 'records')
