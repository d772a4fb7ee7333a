SELECT count() AS total
FROM
(
{{entries}}
)
WHERE
{{chosen}}
