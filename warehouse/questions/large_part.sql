-- The parts of a table.
SELECT name, rows, level
FROM system.parts
WHERE active AND database = currentDatabase() AND table = {table:String}
