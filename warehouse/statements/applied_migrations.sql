SELECT m.number AS number, any(m.name) AS name, any(m.sha256) AS sha256
FROM migrations AS m
GROUP BY m.number
ORDER BY m.number
