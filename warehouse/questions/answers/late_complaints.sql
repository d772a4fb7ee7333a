-- How long the deliveries of a lane took, in minutes, that customers complained about as late. First when such records may have
-- happened, as rows stand or stood: time is the key, so that only rows of these times are merged.
SELECT assumeNotNull(actual_min) AS minutes
FROM attributions FINAL
WHERE {{told}}
    AND occurred_at IN (SELECT occurred_at FROM attributions WHERE {{told}})
    AND stream IN ('complaints', 'call-notes')
    AND has([{{delays}}], causes[1])
    AND actual_min IS NOT NULL
