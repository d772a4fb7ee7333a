-- Records that a slice of the source touches, without what attribution does not ask for.
SELECT
{{columns}}
FROM
(
    SELECT
{{bare}}
    FROM records FINAL
    PREWHERE (occurred_at, record_id) IN
    (
{{touched}}
    )
)
-- Each part that is merged holds a block of every column.
SETTINGS max_block_size = 8192
