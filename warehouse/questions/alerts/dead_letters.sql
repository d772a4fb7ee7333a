-- Dead letters that came since a moment.
SELECT count() AS letters
FROM dead_letters FINAL
WHERE received_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
