-- Claims and outcomes of one delivery, or of the newest ones of all.
SELECT key, toUnixTimestamp64Milli(delivery_notes.at) AS at, claimant, toString(what) AS what, detail
FROM delivery_notes
WHERE {key:String} = '' OR key = {key:String}
ORDER BY delivery_notes.at DESC, claimant
LIMIT {limit:UInt32}
