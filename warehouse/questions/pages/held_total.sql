SELECT count() AS total
FROM
(
{{held}}
)
