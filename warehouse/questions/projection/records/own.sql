-- Of the slice itself, those about which anything but the text may speak, or whose text tells both times.
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
                SELECT record_id FROM judgements
                UNION ALL SELECT record_id FROM appeals
                UNION ALL SELECT record_id FROM corrections
            ))
