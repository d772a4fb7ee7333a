-- Dead letters by stream and reason.
SELECT d.stream AS stream, d.reason AS reason, count() AS letters
FROM dead_letters AS d FINAL
WHERE empty({reasons:Array(String)}) OR has({reasons:Array(String)}, d.reason)
GROUP BY stream, reason
ORDER BY letters DESC, stream, reason
