SELECT count() AS total
FROM
(
{{ids}}
)
