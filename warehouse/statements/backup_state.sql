SELECT toString(status) AS status, error
FROM system.backups
WHERE id = {id:String}
ORDER BY start_time DESC
LIMIT 1
