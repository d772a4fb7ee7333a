-- Many keys: along the whole table, merged.
WHERE {{linked}}
