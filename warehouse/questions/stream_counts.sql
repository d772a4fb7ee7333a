-- Events that count, by stream.
SELECT toString(stream) AS stream, count() AS events FROM records FINAL GROUP BY stream
UNION ALL SELECT 'promises', count() FROM promises FINAL
UNION ALL SELECT 'deliveries', count() FROM deliveries FINAL
UNION ALL SELECT 'case-events', count() FROM case_events FINAL
UNION ALL SELECT 'department-requests', count() FROM department_requests FINAL
UNION ALL SELECT 'department-replies', count() FROM department_replies FINAL
UNION ALL SELECT 'judgements', count() FROM judgements FINAL
UNION ALL SELECT 'appeals', count() FROM appeals FINAL
UNION ALL SELECT 'corrections', count() FROM corrections FINAL
