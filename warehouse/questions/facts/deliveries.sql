-- Deliveries of some orders.
SELECT
{{head}},
    started_at, finished_at
FROM deliveries FINAL
{{found}}
