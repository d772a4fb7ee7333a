SELECT source, number, argMax(next, version) AS next FROM projected GROUP BY source, number
