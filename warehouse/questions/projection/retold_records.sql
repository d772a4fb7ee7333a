-- Keys that records had before a slice of the source told them anew.
SELECT event_id AS record_id, occurred_at
FROM retold
WHERE {{slice}} AND kept_in = 'records'
