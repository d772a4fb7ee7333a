-- What was known: rows of events up to a moment, received up to another. Columns are in the order of the same migrations.
INSERT INTO {{table}}
SELECT *
FROM {{from}}.{{table}}
WHERE {{happened}} <= fromUnixTimestamp64Milli({{as_of}}, 'UTC')
    AND {{received}} <= fromUnixTimestamp64Milli({{received_by}}, 'UTC')
