    SELECT '{{table}}' AS name, max(occurred_at) AS time FROM {{table}}
