-- Who is changing tables, and for how long nothing was heard of it. A turn's number stands at the end of its name.
SELECT
    toUInt32OrZero(substring(name, length('migration_turn_') + 1)) AS number,
    dateDiff('second', metadata_modification_time, now()) AS silent_s
FROM system.tables
WHERE database = currentDatabase() AND startsWith(name, 'migration_turn_')
ORDER BY number DESC
