-- Those judged, appealed against or corrected, or of which that was said before.
    SELECT occurred_at, record_id
    FROM records
    WHERE record_id IN
    (
        SELECT record_id FROM judgements WHERE {{slice}}
        UNION ALL SELECT record_id FROM appeals WHERE {{slice}}
        UNION ALL SELECT record_id FROM corrections WHERE {{slice}}
        UNION ALL SELECT about FROM retold WHERE {{slice}} AND kept_in IN ('judgements', 'appeals', 'corrections')
    )
