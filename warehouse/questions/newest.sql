-- The newest event's time: `as_of` of questions that do not say one.
SELECT toUnixTimestamp64Milli(max(r.occurred_at)) AS newest FROM records AS r
