-- Where links lead: only rows of these times are merged.
PREWHERE occurred_at IN {places:Array(DateTime64(3, 'UTC'))}
WHERE {{linked}}
