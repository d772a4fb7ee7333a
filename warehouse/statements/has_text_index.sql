SELECT count() AS total
FROM system.data_skipping_indices
WHERE database = currentDatabase() AND table = 'records' AND name = 'by_text'
