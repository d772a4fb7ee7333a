SELECT stream, reason, count() AS letters
FROM dead_letters FINAL
GROUP BY stream, reason
ORDER BY letters DESC, stream, reason
