-- How long the deliveries of a lane took, in minutes, that customers complained about as late. First what may be such a record, as
-- rows stand or stood: only rows of these keys are merged.
SELECT assumeNotNull(actual_min) AS minutes
FROM attributions FINAL
PREWHERE (occurred_at, record_id) IN (SELECT occurred_at, record_id FROM attributions WHERE {{told}})
WHERE {{told}}
    AND stream IN ('complaints', 'call-notes')
    AND has([{{delays}}], causes[1])
    AND actual_min IS NOT NULL
