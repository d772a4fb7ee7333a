-- Weekly counts of terms: runs of two and of four Chinese characters that `support` records of the week asked about hold. Of every
-- week the same part of the records is read, drawn by id. `terms`: how many terms the span holds at that support, of which the
-- others were not rare enough or not there this week.
SELECT term, counts, examples, terms
FROM
(
    SELECT term, counts, examples, count() OVER () AS terms
    FROM
    (
        SELECT
            term,
            countResample(0, 13, 1)(weeks_ago) AS counts,
            groupArraySortedIf(5)(record_id, weeks_ago = 0) AS examples
        FROM
        (
            SELECT
                record_id,
                toUInt32(intDiv({until:Int64} - 1 - toUnixTimestamp64Milli(occurred_at), 604800000)) AS weeks_ago,
                arrayJoin(arrayDistinct(arrayConcat(ngrams(text, 2), ngrams(text, 4)))) AS term
            FROM records FINAL
            WHERE occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
                AND occurred_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
                AND stream IN ('complaints', 'call-notes')
                AND cityHash64(record_id) % {one_of:UInt64} = 0
        )
        GROUP BY term
        HAVING arraySum(counts) >= {support:UInt64}
    )
    WHERE match(term, '^\\p{Han}+$')
)
WHERE counts[1] >= {support:UInt64}
ORDER BY term
-- Rows of a block grow to their hundreds of runs: few at a time, so that they fit beside what else the engine does.
SETTINGS max_block_size = 4096
