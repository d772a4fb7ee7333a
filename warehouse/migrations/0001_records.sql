-- Text events, understood. One row holds a record and its causes, so that both are replaced at once.
--
-- Settings of every table that a position vouches for:
--   fsync_after_insert, fsync_part_directory   an acknowledged row survives a power cut
--   min_rows_to_fsync_after_merge = 1          a merge deletes the synced parts it was made from, so it must be synced too
--   min_bytes_for_wide_part                    a batch stays one file per part: one sync instead of one per column
--   vertical_merge_algorithm_min_rows_…        column by column: half the time and two thirds of the memory for sixty columns
--   merge_selector_base                        twice as many parts at once, so each row is merged less often (ingest is CPU-bound)
CREATE TABLE IF NOT EXISTS records {{on_cluster}}
(
    record_id String CODEC(ZSTD(1)),
    stream LowCardinality(String),
    occurred_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    source LowCardinality(String),
    channel LowCardinality(String),
    customer_key FixedString(16) COMMENT 'keyed hash; zeros: unknown',
    order_key FixedString(16) COMMENT 'keyed hash; zeros: unknown',
    case_key FixedString(16) COMMENT 'keyed hash; zeros: unknown',
    call_id String CODEC(ZSTD(1)),
    agent_no LowCardinality(String),
    department LowCardinality(String) COMMENT 'as the sender named it; the responsible ones are causes.department',
    lane_origin LowCardinality(String),
    lane_destination LowCardinality(String),
    lane_carrier LowCardinality(String),
    lane_service LowCardinality(String),
    unknown_fields String COMMENT 'JSON object, masked' CODEC(ZSTD(1)),

    category LowCardinality(String),
    praised Nested(agent_no LowCardinality(String), department LowCardinality(String)),
    filed_by LowCardinality(String),
    recording_ref String CODEC(ZSTD(1)),
    skill_group LowCardinality(String),
    queue_wait_s Nullable(UInt32),
    talk_s Nullable(UInt32),
    ivr_presses Nullable(UInt32),
    ivr_path Array(LowCardinality(String)),
    transfers Nested(from LowCardinality(String), to LowCardinality(String), at DateTime64(3, 'UTC')),
    questions_repeated Nullable(UInt32),
    resolved Nullable(Bool),

    text String COMMENT 'normalised and masked' CODEC(ZSTD(1)),
    kind LowCardinality(String),
    kind_score Float32,
    causes Nested(
        code LowCardinality(String),
        department LowCardinality(String),
        score Float32,
        starts Array(UInt32),
        ends Array(UInt32)) COMMENT 'primary first; evidence in characters of text',
    promised_min Nullable(UInt32),
    actual_min Nullable(UInt32),
    actual_open Nullable(Bool),
    praise Bool,
    abuse Bool,
    abstained Bool,
    dictionary_version LowCardinality(String),
    taxonomy_version LowCardinality(String),
    rules_version LowCardinality(String),
    model_version LowCardinality(String),

    content_hash UInt64 COMMENT 'of the original bytes: tells a duplicate from a replacement',
    version UInt128 COMMENT 'arrival, stream, partition and analysis generation, in this order: the greatest counts' CODEC(ZSTD(1)),
    is_deleted UInt8 COMMENT 'the record moved to another time: this key is void',
    partition_source LowCardinality(String),
    partition_number UInt32,
    partition_offset UInt64 CODEC(Delta, ZSTD(1)),

    lane String ALIAS if(empty(lane_origin) AND empty(lane_destination) AND empty(lane_carrier) AND empty(lane_service), '',
        concat(lane_origin, '→', lane_destination, '/', lane_carrier, '/', lane_service)),

    -- GET /records/{id}, and the look-up of ids that may have been stored before.
    INDEX by_record record_id TYPE bloom_filter(0.01) GRANULARITY 1,
    -- Attribution follows what was stored last: parts that are older are left out.
    INDEX by_offset partition_offset TYPE minmax GRANULARITY 1,
    -- A trace walks from a record to the others of its order, case and customer.
    INDEX by_order order_key TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_case case_key TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_customer customer_key TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {{replacing(version, is_deleted)}}
-- Questions ask for weeks; a month is what a retention rule drops and small enough to merge.
PARTITION BY toYYYYMM(occurred_at)
-- Time first: questions are about a span of time, and parts of different days do not overlap, so FINAL merges next to nothing.
-- Nothing that re-analysis may change is in the key. The id makes it unique.
ORDER BY (occurred_at, record_id)
PRIMARY KEY occurred_at
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
    min_bytes_for_wide_part = 33554432, vertical_merge_algorithm_min_rows_to_activate = 1,
    merge_selector_base = 10;

-- One row per record and cause, for SQL by hand; `position` 1 is the primary cause.
CREATE VIEW IF NOT EXISTS record_causes {{on_cluster}} AS
SELECT
    record_id,
    stream,
    occurred_at,
    agent_no,
    lane,
    kind,
    position,
    code,
    department,
    score,
    arrayZip(starts, ends) AS evidence,
    arrayMap(span -> substringUTF8(text, span.1 + 1, span.2 - span.1), evidence) AS quotes,
    abstained
FROM records FINAL
ARRAY JOIN
    arrayEnumerate(causes.code) AS position,
    causes.code AS code,
    causes.department AS department,
    causes.score AS score,
    causes.starts AS starts,
    causes.ends AS ends
WHERE is_deleted = 0
SETTINGS do_not_merge_across_partitions_select_final = 1;
