-- Versions, the newest first; one of them, or those after one, with their files where these are wanted.
SELECT version, toUnixTimestamp64Milli(saved_at) AS at, saved_by, note, if({with_file:Bool}, file, '') AS file
FROM taxonomies
WHERE version > {after:UInt32} AND ({version:UInt32} = 0 OR version = {version:UInt32})
ORDER BY version DESC, saved_at, saved_by
LIMIT 1 BY version
LIMIT {limit:UInt32}
