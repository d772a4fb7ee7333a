-- One page of what was found, after the last hit of the page before; the records themselves are read by their ids. The score of a
-- term grows with how often it stands in the text, less and less, and is less in a longer text (BM25 with k1 = 1.2, b = 0.75 and
-- texts of 60 characters, every term as rare as another): it depends on the record and the query alone, so pages fit together
-- whatever is written meanwhile. Bits of a float that is not negative order as it does.
SELECT record_id, toUnixTimestamp64Milli(occurred_at) AS time, reinterpretAsUInt32(toFloat32({{score}})) AS score
{{found}}
    AND {{after}}
ORDER BY {{order}}
LIMIT {limit:UInt32}
