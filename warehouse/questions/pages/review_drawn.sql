-- One record drawn at random for a second pair of eyes that does not see what the first saw: one that somebody else corrected, and
-- that this person has not looked at. The order is a hash seeded by the caller.
SELECT record_id
FROM corrections FINAL
WHERE occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND causes_corrected
GROUP BY record_id
HAVING NOT has(groupArray(toString(by)), {me:String})
ORDER BY cityHash64(record_id, {seed:UInt64})
LIMIT 1
