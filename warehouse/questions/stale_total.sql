-- How many records have a reading that other versions made.
SELECT count() AS total
FROM records FINAL
WHERE
{{stale}}
