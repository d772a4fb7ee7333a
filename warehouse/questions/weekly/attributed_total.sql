-- How many records match, counted as `causes` counts them.
SELECT count() AS records
FROM
(
{{attributed}}
)
WHERE {{filters}} AND {{unsure}}
