-- How far the warehouse has come in each run of source records. One row per write, inserted after the rows it vouches for;
-- merges keep the furthest.
CREATE TABLE IF NOT EXISTS positions {{on_cluster}}
(
    source LowCardinality(String),
    number UInt32,
    next UInt64 COMMENT 'offset wanted next',
    written_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
)
ENGINE = {{replacing(next)}}
ORDER BY (source, number)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

-- Events that could not be read, with their original bytes. The id says where they stood, so a replay of the source writes the
-- same row again.
CREATE TABLE IF NOT EXISTS dead_letters {{on_cluster}}
(
    dead_letter_id String CODEC(ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    stream LowCardinality(String),
    reason LowCardinality(String),
    field String COMMENT 'empty: the whole event' CODEC(ZSTD(1)),
    detail String COMMENT 'bound, expected type or place; empty: none' CODEC(ZSTD(1)),
    event_id String COMMENT 'empty: could not be read' CODEC(ZSTD(1)),
    bytes String COMMENT 'as received: not masked' CODEC(ZSTD(3)),
    content_hash UInt64,
    version UInt128 CODEC(ZSTD(1)),
    partition_source LowCardinality(String),
    partition_number UInt32,
    partition_offset UInt64 CODEC(Delta, ZSTD(1)),

    INDEX by_id dead_letter_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {{replacing(version)}}
PARTITION BY toYYYYMM(received_at)
-- Listed by time of receipt.
ORDER BY (received_at, dead_letter_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
    min_bytes_for_wide_part = 33554432, vertical_merge_algorithm_min_rows_to_activate = 1,
    merge_selector_base = 10;

-- Tries to read a dead letter again; append-only. The last one says how it stands.
CREATE TABLE IF NOT EXISTS dead_letter_replays {{on_cluster}}
(
    dead_letter_id String CODEC(ZSTD(1)),
    replayed_at DateTime64(3, 'UTC'),
    accepted Bool COMMENT 'true: it went into the source again',
    reason LowCardinality(String) COMMENT 'why it was refused again; empty if accepted'
)
ENGINE = {{merge_tree}}
ORDER BY (dead_letter_id, replayed_at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;
