-- Editions of one week's report (all, or one), without their texts where these are not wanted; the first one published of each.
SELECT
    edition,
    toUnixTimestamp64Milli(published_at) AS at,
    published_by,
    toString(why) AS why,
    sha256,
    if({with_text:Bool}, document, '') AS document,
    if({with_text:Bool}, html, '') AS html
FROM weekly_reports
WHERE week = {week:String} AND ({edition:UInt32} = 0 OR edition = {edition:UInt32})
ORDER BY edition DESC, published_at, sha256
LIMIT 1 BY edition
