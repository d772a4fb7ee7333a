-- Raw facts, one table per stream. The head and the tail of every table are those of `records` (see there for settings and
-- for what the columns mean), and so is the key: time first, since questions are about spans of time and parts then hardly
-- overlap; one order's, case's or record's facts are found by bloom filters.

-- The promise ledger's raw facts. Found by order, by case, and the standing ones by lane and time.
CREATE TABLE IF NOT EXISTS promises {{on_cluster}}
(
    event_id String CODEC(ZSTD(1)),
    occurred_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    source LowCardinality(String),
    channel LowCardinality(String),
    customer_key FixedString(16),
    order_key FixedString(16),
    case_key FixedString(16),
    call_id String CODEC(ZSTD(1)),
    agent_no LowCardinality(String),
    department LowCardinality(String),
    lane_origin LowCardinality(String),
    lane_destination LowCardinality(String),
    lane_carrier LowCardinality(String),
    lane_service LowCardinality(String),
    unknown_fields String CODEC(ZSTD(1)),

    promise_id String CODEC(ZSTD(1)),
    made_by_kind LowCardinality(String),
    owner_department LowCardinality(String),
    made_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    due_at Nullable(DateTime64(3, 'UTC')),
    promised_min Nullable(UInt32),
    valid_until Nullable(DateTime64(3, 'UTC')),
    text String COMMENT 'masked' CODEC(ZSTD(1)),
    agents_notified_at Nullable(DateTime64(3, 'UTC')),

    content_hash UInt64,
    version UInt128 CODEC(ZSTD(1)),
    is_deleted UInt8,
    partition_source LowCardinality(String),
    partition_number UInt32,
    partition_offset UInt64 CODEC(Delta, ZSTD(1)),

    lane String ALIAS if(empty(lane_origin) AND empty(lane_destination) AND empty(lane_carrier) AND empty(lane_service), '',
        concat(lane_origin, '→', lane_destination, '/', lane_carrier, '/', lane_service)),

    INDEX by_event event_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_offset partition_offset TYPE minmax GRANULARITY 1,
    INDEX by_order order_key TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_case case_key TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_promise promise_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {{replacing(version, is_deleted)}}
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (occurred_at, event_id)
PRIMARY KEY occurred_at
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
    min_bytes_for_wide_part = 33554432, vertical_merge_algorithm_min_rows_to_activate = 1,
    merge_selector_base = 10;

-- What really happened to orders. Found by order; lanes are measured over spans of time.
CREATE TABLE IF NOT EXISTS deliveries {{on_cluster}}
(
    event_id String CODEC(ZSTD(1)),
    occurred_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    source LowCardinality(String),
    channel LowCardinality(String),
    customer_key FixedString(16),
    order_key FixedString(16),
    case_key FixedString(16),
    call_id String CODEC(ZSTD(1)),
    agent_no LowCardinality(String),
    department LowCardinality(String),
    lane_origin LowCardinality(String),
    lane_destination LowCardinality(String),
    lane_carrier LowCardinality(String),
    lane_service LowCardinality(String),
    unknown_fields String CODEC(ZSTD(1)),

    started_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    finished_at Nullable(DateTime64(3, 'UTC')) COMMENT 'null: still open',

    content_hash UInt64,
    version UInt128 CODEC(ZSTD(1)),
    is_deleted UInt8,
    partition_source LowCardinality(String),
    partition_number UInt32,
    partition_offset UInt64 CODEC(Delta, ZSTD(1)),

    lane String ALIAS if(empty(lane_origin) AND empty(lane_destination) AND empty(lane_carrier) AND empty(lane_service), '',
        concat(lane_origin, '→', lane_destination, '/', lane_carrier, '/', lane_service)),

    INDEX by_event event_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_offset partition_offset TYPE minmax GRANULARITY 1,
    INDEX by_order order_key TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {{replacing(version, is_deleted)}}
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (occurred_at, event_id)
PRIMARY KEY occurred_at
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
    min_bytes_for_wide_part = 33554432, vertical_merge_algorithm_min_rows_to_activate = 1,
    merge_selector_base = 10;

-- Steps in the life of cases: holding times are read from one case's steps.
CREATE TABLE IF NOT EXISTS case_events {{on_cluster}}
(
    event_id String CODEC(ZSTD(1)),
    occurred_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    source LowCardinality(String),
    channel LowCardinality(String),
    customer_key FixedString(16),
    order_key FixedString(16),
    case_key FixedString(16),
    call_id String CODEC(ZSTD(1)),
    agent_no LowCardinality(String),
    department LowCardinality(String),
    lane_origin LowCardinality(String),
    lane_destination LowCardinality(String),
    lane_carrier LowCardinality(String),
    lane_service LowCardinality(String),
    unknown_fields String CODEC(ZSTD(1)),

    kind LowCardinality(String),
    holder LowCardinality(String),
    text String COMMENT 'masked' CODEC(ZSTD(1)),

    content_hash UInt64,
    version UInt128 CODEC(ZSTD(1)),
    is_deleted UInt8,
    partition_source LowCardinality(String),
    partition_number UInt32,
    partition_offset UInt64 CODEC(Delta, ZSTD(1)),

    lane String ALIAS if(empty(lane_origin) AND empty(lane_destination) AND empty(lane_carrier) AND empty(lane_service), '',
        concat(lane_origin, '→', lane_destination, '/', lane_carrier, '/', lane_service)),

    INDEX by_event event_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_offset partition_offset TYPE minmax GRANULARITY 1,
    INDEX by_case case_key TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {{replacing(version, is_deleted)}}
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (occurred_at, event_id)
PRIMARY KEY occurred_at
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
    min_bytes_for_wide_part = 33554432, vertical_merge_algorithm_min_rows_to_activate = 1,
    merge_selector_base = 10;

-- Departments asked; the answer is joined by request_id.
CREATE TABLE IF NOT EXISTS department_requests {{on_cluster}}
(
    event_id String CODEC(ZSTD(1)),
    occurred_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    source LowCardinality(String),
    channel LowCardinality(String),
    customer_key FixedString(16),
    order_key FixedString(16),
    case_key FixedString(16),
    call_id String CODEC(ZSTD(1)),
    agent_no LowCardinality(String),
    department LowCardinality(String),
    lane_origin LowCardinality(String),
    lane_destination LowCardinality(String),
    lane_carrier LowCardinality(String),
    lane_service LowCardinality(String),
    unknown_fields String CODEC(ZSTD(1)),

    request_id String CODEC(ZSTD(1)),
    to_department LowCardinality(String),
    node LowCardinality(String),
    due_at Nullable(DateTime64(3, 'UTC')) COMMENT 'null: an hour after occurred_at',
    text String COMMENT 'masked' CODEC(ZSTD(1)),

    content_hash UInt64,
    version UInt128 CODEC(ZSTD(1)),
    is_deleted UInt8,
    partition_source LowCardinality(String),
    partition_number UInt32,
    partition_offset UInt64 CODEC(Delta, ZSTD(1)),

    lane String ALIAS if(empty(lane_origin) AND empty(lane_destination) AND empty(lane_carrier) AND empty(lane_service), '',
        concat(lane_origin, '→', lane_destination, '/', lane_carrier, '/', lane_service)),

    INDEX by_event event_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_offset partition_offset TYPE minmax GRANULARITY 1,
    INDEX by_case case_key TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_request request_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {{replacing(version, is_deleted)}}
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (occurred_at, event_id)
PRIMARY KEY occurred_at
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
    min_bytes_for_wide_part = 33554432, vertical_merge_algorithm_min_rows_to_activate = 1,
    merge_selector_base = 10;

-- What departments answered.
CREATE TABLE IF NOT EXISTS department_replies {{on_cluster}}
(
    event_id String CODEC(ZSTD(1)),
    occurred_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    source LowCardinality(String),
    channel LowCardinality(String),
    customer_key FixedString(16),
    order_key FixedString(16),
    case_key FixedString(16),
    call_id String CODEC(ZSTD(1)),
    agent_no LowCardinality(String),
    department LowCardinality(String),
    lane_origin LowCardinality(String),
    lane_destination LowCardinality(String),
    lane_carrier LowCardinality(String),
    lane_service LowCardinality(String),
    unknown_fields String CODEC(ZSTD(1)),

    request_id String CODEC(ZSTD(1)),
    outcome LowCardinality(String),
    text String COMMENT 'masked' CODEC(ZSTD(1)),

    content_hash UInt64,
    version UInt128 CODEC(ZSTD(1)),
    is_deleted UInt8,
    partition_source LowCardinality(String),
    partition_number UInt32,
    partition_offset UInt64 CODEC(Delta, ZSTD(1)),

    lane String ALIAS if(empty(lane_origin) AND empty(lane_destination) AND empty(lane_carrier) AND empty(lane_service), '',
        concat(lane_origin, '→', lane_destination, '/', lane_carrier, '/', lane_service)),

    INDEX by_event event_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_offset partition_offset TYPE minmax GRANULARITY 1,
    INDEX by_request request_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {{replacing(version, is_deleted)}}
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (occurred_at, event_id)
PRIMARY KEY occurred_at
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
    min_bytes_for_wide_part = 33554432, vertical_merge_algorithm_min_rows_to_activate = 1,
    merge_selector_base = 10;

-- Verdicts on records. Added, never edited: the last one counts.
CREATE TABLE IF NOT EXISTS judgements {{on_cluster}}
(
    event_id String CODEC(ZSTD(1)),
    occurred_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    source LowCardinality(String),
    channel LowCardinality(String),
    customer_key FixedString(16),
    order_key FixedString(16),
    case_key FixedString(16),
    call_id String CODEC(ZSTD(1)),
    agent_no LowCardinality(String),
    department LowCardinality(String),
    lane_origin LowCardinality(String),
    lane_destination LowCardinality(String),
    lane_carrier LowCardinality(String),
    lane_service LowCardinality(String),
    unknown_fields String CODEC(ZSTD(1)),

    record_id String CODEC(ZSTD(1)),
    verdict LowCardinality(String),
    judge LowCardinality(String),
    reason String COMMENT 'masked' CODEC(ZSTD(1)),
    appeal_id String COMMENT 'the appeal it answers; empty: none' CODEC(ZSTD(1)),

    content_hash UInt64,
    version UInt128 CODEC(ZSTD(1)),
    is_deleted UInt8,
    partition_source LowCardinality(String),
    partition_number UInt32,
    partition_offset UInt64 CODEC(Delta, ZSTD(1)),

    lane String ALIAS if(empty(lane_origin) AND empty(lane_destination) AND empty(lane_carrier) AND empty(lane_service), '',
        concat(lane_origin, '→', lane_destination, '/', lane_carrier, '/', lane_service)),

    INDEX by_event event_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_offset partition_offset TYPE minmax GRANULARITY 1,
    INDEX by_record record_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {{replacing(version, is_deleted)}}
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (occurred_at, event_id)
PRIMARY KEY occurred_at
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
    min_bytes_for_wide_part = 33554432, vertical_merge_algorithm_min_rows_to_activate = 1,
    merge_selector_base = 10;

-- Appeals against judgements; open until a judgement names them.
CREATE TABLE IF NOT EXISTS appeals {{on_cluster}}
(
    event_id String CODEC(ZSTD(1)),
    occurred_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    source LowCardinality(String),
    channel LowCardinality(String),
    customer_key FixedString(16),
    order_key FixedString(16),
    case_key FixedString(16),
    call_id String CODEC(ZSTD(1)),
    agent_no LowCardinality(String),
    department LowCardinality(String),
    lane_origin LowCardinality(String),
    lane_destination LowCardinality(String),
    lane_carrier LowCardinality(String),
    lane_service LowCardinality(String),
    unknown_fields String CODEC(ZSTD(1)),

    appeal_id String CODEC(ZSTD(1)),
    record_id String CODEC(ZSTD(1)),
    filed_by LowCardinality(String),
    reason String COMMENT 'masked' CODEC(ZSTD(1)),

    content_hash UInt64,
    version UInt128 CODEC(ZSTD(1)),
    is_deleted UInt8,
    partition_source LowCardinality(String),
    partition_number UInt32,
    partition_offset UInt64 CODEC(Delta, ZSTD(1)),

    lane String ALIAS if(empty(lane_origin) AND empty(lane_destination) AND empty(lane_carrier) AND empty(lane_service), '',
        concat(lane_origin, '→', lane_destination, '/', lane_carrier, '/', lane_service)),

    INDEX by_event event_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_offset partition_offset TYPE minmax GRANULARITY 1,
    INDEX by_record record_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_appeal appeal_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {{replacing(version, is_deleted)}}
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (occurred_at, event_id)
PRIMARY KEY occurred_at
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
    min_bytes_for_wide_part = 33554432, vertical_merge_algorithm_min_rows_to_activate = 1,
    merge_selector_base = 10;

-- Analysts' corrections of labels.
CREATE TABLE IF NOT EXISTS corrections {{on_cluster}}
(
    event_id String CODEC(ZSTD(1)),
    occurred_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    source LowCardinality(String),
    channel LowCardinality(String),
    customer_key FixedString(16),
    order_key FixedString(16),
    case_key FixedString(16),
    call_id String CODEC(ZSTD(1)),
    agent_no LowCardinality(String),
    department LowCardinality(String),
    lane_origin LowCardinality(String),
    lane_destination LowCardinality(String),
    lane_carrier LowCardinality(String),
    lane_service LowCardinality(String),
    unknown_fields String CODEC(ZSTD(1)),

    record_id String CODEC(ZSTD(1)),
    by LowCardinality(String),
    kind LowCardinality(String) COMMENT 'empty: not corrected',
    causes_corrected Bool COMMENT 'false: the correction is silent about causes',
    causes Array(LowCardinality(String)),
    note String COMMENT 'masked' CODEC(ZSTD(1)),

    content_hash UInt64,
    version UInt128 CODEC(ZSTD(1)),
    is_deleted UInt8,
    partition_source LowCardinality(String),
    partition_number UInt32,
    partition_offset UInt64 CODEC(Delta, ZSTD(1)),

    lane String ALIAS if(empty(lane_origin) AND empty(lane_destination) AND empty(lane_carrier) AND empty(lane_service), '',
        concat(lane_origin, '→', lane_destination, '/', lane_carrier, '/', lane_service)),

    INDEX by_event event_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_offset partition_offset TYPE minmax GRANULARITY 1,
    INDEX by_record record_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {{replacing(version, is_deleted)}}
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (occurred_at, event_id)
PRIMARY KEY occurred_at
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
    min_bytes_for_wide_part = 33554432, vertical_merge_algorithm_min_rows_to_activate = 1,
    merge_selector_base = 10;
