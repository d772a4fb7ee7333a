-- Those that rest on a fact which the slice tells anew: it may have left the order it was told of.
    SELECT occurred_at, record_id
    FROM attributions
    WHERE hasAny(evidence, (SELECT groupArray(event_id) FROM retold WHERE {{slice}} AND kept_in IN ('promises', 'deliveries')))
