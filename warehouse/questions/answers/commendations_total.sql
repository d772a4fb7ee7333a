-- How many commendations there are of a selection, whatever the page.
SELECT count() AS total
FROM records FINAL
WHERE
{{chosen}}
