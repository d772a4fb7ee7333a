-- Records of one case, in order of time.
SELECT
{{columns}}
FROM records FINAL
WHERE case_key = toFixedString(unhex({case:String}), 16)
ORDER BY occurred_at, record_id
