-- Few keys: first what they may be of, as rows stand or stood, through the index over them; only rows of these keys are merged, and
-- read in full.
PREWHERE ({{key}}) IN (SELECT {{key}} FROM {{table}} WHERE {{linked}})
WHERE {{linked}}
