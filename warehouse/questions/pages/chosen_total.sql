SELECT count() AS total
FROM
(
{{records}}
)
WHERE {{choice}}
