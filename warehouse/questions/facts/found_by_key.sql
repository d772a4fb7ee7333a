-- First what they may be of, as rows stand or stood: few keys through the index over them, many along their column. Only rows of these
-- keys are merged, and read in full.
PREWHERE ({{key}}) IN (SELECT {{key}} FROM {{table}} WHERE {{linked}})
WHERE {{linked}}
