SELECT count() AS total
FROM
(
{{rows}}
)
