-- Databases that were made to look back.
SELECT name FROM system.databases WHERE startsWith(name, {begin:String})
