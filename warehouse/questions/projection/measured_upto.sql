-- How far what lanes did is seen by the records that are measured by it.
SELECT source, number, argMax(next, version) AS next FROM lanes_measured GROUP BY source, number
