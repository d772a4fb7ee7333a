SELECT
{{columns}}
FROM records FINAL
{{found}}
