SELECT count() AS total
FROM
(
{{requests}}
)
