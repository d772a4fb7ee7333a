-- The same, looked up on the way.
PREWHERE occurred_at IN (SELECT occurred_at FROM links WHERE key IN {keys:Array(UInt64)} AND kept_in = {kept_in:UInt8})
WHERE {{linked}}
