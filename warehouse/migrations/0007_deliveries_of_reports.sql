-- What was sent to whom: claims, so that of several servers one sends, and outcomes. Rows are only added.
CREATE TABLE IF NOT EXISTS delivery_notes {{on_cluster}}
(
    key String COMMENT 'what and where: weekly/2026-W47/CHANNEL',
    at DateTime64(3, 'UTC'),
    claimant String COMMENT 'random, of a claim; empty: an outcome',
    what LowCardinality(String) COMMENT 'claimed, sent or failed',
    detail String COMMENT 'why it failed; never an address or a secret'
)
ENGINE = {{merge_tree}}
ORDER BY (key, at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;
