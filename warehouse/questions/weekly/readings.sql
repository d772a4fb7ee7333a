-- What made the readings of the span's records.
SELECT
    toString(dictionary_version) AS dictionary,
    toString(taxonomy_version) AS taxonomy,
    toString(rules_version) AS rules,
    toString(model_version) AS model,
    count() AS records
FROM records FINAL
WHERE occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
GROUP BY dictionary, taxonomy, rules, model
ORDER BY records DESC, dictionary, taxonomy, rules, model
