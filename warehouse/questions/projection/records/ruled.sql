-- Those judged, appealed against or corrected.
    SELECT occurred_at, record_id
    FROM records
    WHERE record_id IN
    (
        SELECT record_id FROM judgements WHERE {{slice}}
        UNION ALL SELECT record_id FROM appeals WHERE {{slice}}
        UNION ALL SELECT record_id FROM corrections WHERE {{slice}}
    )
