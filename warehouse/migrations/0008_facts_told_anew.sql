-- A fact told anew may leave nothing to be said of what it spoke about before: such a row is voided (`is_deleted`), as those of
-- events are. Everything here is worked out of events and written again from nothing, so the tables are made anew.

-- Who is responsible for what a record is about. Records about which only their text speaks have no row.
DROP TABLE IF EXISTS attributions {{on_cluster}} SYNC;
CREATE TABLE IF NOT EXISTS attributions {{on_cluster}}
(
    record_id String CODEC(ZSTD(1)),
    occurred_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    stream LowCardinality(String),
    kind LowCardinality(String) COMMENT 'after corrections',
    causes Array(LowCardinality(String)) COMMENT 'after corrections, primary first',
    agent_no LowCardinality(String),
    order_key FixedString(16),
    case_key FixedString(16),
    lane_origin LowCardinality(String) COMMENT 'of the delivery, else as the record names it',
    lane_destination LowCardinality(String),
    lane_carrier LowCardinality(String),
    lane_service LowCardinality(String),

    basis LowCardinality(String) COMMENT 'judgement, facts, text or pending: what counts',
    verdict LowCardinality(String),
    responsible Nested(
        department LowCardinality(String),
        cause LowCardinality(String),
        minutes Nullable(Int64),
        reason LowCardinality(String)) COMMENT 'larger share first',
    unjudged_basis LowCardinality(String) COMMENT 'what facts and text say before any judgement',
    unjudged_verdict LowCardinality(String),
    unjudged Nested(
        department LowCardinality(String),
        cause LowCardinality(String),
        minutes Nullable(Int64),
        reason LowCardinality(String)),

    promise_id String CODEC(ZSTD(1)),
    made_by_kind LowCardinality(String),
    promise_owner LowCardinality(String),
    measured_at Nullable(DateTime64(3, 'UTC')) COMMENT 'T: the time from which the capability of the lane is seen',
    started_at Nullable(DateTime64(3, 'UTC')) COMMENT 'of the delivery',
    promised_min Nullable(Int64) COMMENT 'p',
    actual_min Nullable(Int64) COMMENT 'a',
    actual_open Bool,
    capability_min Nullable(UInt32) COMMENT 'c',
    capability_level LowCardinality(String),
    late_min Nullable(Int64) COMMENT 'a - p',
    overpromise_min Nullable(Int64) COMMENT 'c - p',
    overrun_min Nullable(Int64) COMMENT 'a - c',
    exonerated Nested(agent_no LowCardinality(String), rule String, moved_to LowCardinality(String)),
    misquoted_by LowCardinality(String),
    evidence Array(String) COMMENT 'ids of the facts used' CODEC(ZSTD(1)),
    moves Bool COMMENT 'something is open: time alone may change it',

    version UInt64,
    is_deleted UInt8,

    lane String ALIAS if(empty(lane_origin) AND empty(lane_destination) AND empty(lane_carrier) AND empty(lane_service), '',
        concat(lane_origin, '→', lane_destination, '/', lane_carrier, '/', lane_service)),

    INDEX by_record record_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {{replacing(version, is_deleted)}}
PARTITION BY toYYYYMM(occurred_at)
-- The key of `records`, so that both are read along the same span of time.
ORDER BY (occurred_at, record_id)
PRIMARY KEY occurred_at;

-- The promise ledger: one row per order or case with all its entries, so that an entry that is none any more goes with it.
DROP TABLE IF EXISTS promise_entries {{on_cluster}} SYNC;
CREATE TABLE IF NOT EXISTS promise_entries {{on_cluster}}
(
    unit LowCardinality(String) COMMENT 'order or case',
    unit_key FixedString(16),
    entries Nested(
        promise_id String,
        made_by_kind LowCardinality(String),
        owner_department LowCardinality(String),
        agent_no LowCardinality(String),
        made_at DateTime64(3, 'UTC'),
        lane LowCardinality(String),
        outcome LowCardinality(String)),
    moves Bool COMMENT 'an entry is open',
    version UInt64,
    is_deleted UInt8
)
ENGINE = {{replacing(version, is_deleted)}}
ORDER BY (unit, unit_key);

-- Who held a case how long, and how long departments took to answer.
DROP TABLE IF EXISTS case_times {{on_cluster}} SYNC;
CREATE TABLE IF NOT EXISTS case_times {{on_cluster}}
(
    case_key FixedString(16),
    opened_at Nullable(DateTime64(3, 'UTC')) COMMENT 'its first step',
    elapsed_min Int64 COMMENT 'the sum of holds.minutes',
    open Bool,
    reopened UInt32,
    follow_ups UInt32,
    holds Nested(
        holder LowCardinality(String),
        from DateTime64(3, 'UTC'),
        to DateTime64(3, 'UTC'),
        minutes Int64,
        open Bool),
    requests Nested(
        request_id String,
        to_department LowCardinality(String),
        node LowCardinality(String),
        asked_at DateTime64(3, 'UTC'),
        due_at DateTime64(3, 'UTC'),
        replied_at Nullable(DateTime64(3, 'UTC')),
        late_min Int64,
        open Bool),
    moves Bool,
    version UInt64,
    is_deleted UInt8
)
ENGINE = {{replacing(version, is_deleted)}}
ORDER BY case_key;

-- Repeat contact: a contact's place in its chain. Contacts of unknown customers are alone and have no row.
DROP TABLE IF EXISTS contact_places {{on_cluster}} SYNC;
CREATE TABLE IF NOT EXISTS contact_places {{on_cluster}}
(
    record_id String CODEC(ZSTD(1)),
    occurred_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    customer_key FixedString(16),
    chain_id String COMMENT 'record id of the first contact of the chain' CODEC(ZSTD(1)),
    place UInt32 COMMENT '1 for the first',
    next_after_ms Nullable(Int64) COMMENT 'until the next contact of the chain; null: none followed',
    version UInt64,
    is_deleted UInt8,

    INDEX by_record record_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_chain chain_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {{replacing(version, is_deleted)}}
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (occurred_at, record_id)
PRIMARY KEY occurred_at;

-- How far the projection has come in each run of source records; merges keep the last.
DROP TABLE IF EXISTS projected {{on_cluster}} SYNC;
CREATE TABLE IF NOT EXISTS projected {{on_cluster}}
(
    source LowCardinality(String),
    number UInt32,
    next UInt64 COMMENT 'offset wanted next',
    version UInt64
)
ENGINE = {{replacing(version)}}
ORDER BY (source, number);

-- What events said of their links before they were told anew: written before the row that replaces them, under its offset, so that
-- the projection works out again what is no longer spoken about.
CREATE TABLE IF NOT EXISTS retold {{on_cluster}}
(
    kept_in LowCardinality(String) COMMENT 'table of the event',
    event_id String CODEC(ZSTD(1)),
    occurred_at DateTime64(3, 'UTC') COMMENT 'with the id its key before',
    customer_key FixedString(16),
    order_key FixedString(16),
    case_key FixedString(16),
    call_id String CODEC(ZSTD(1)),
    about String COMMENT 'record judged, or request answered' CODEC(ZSTD(1)),
    lane_origin LowCardinality(String),
    lane_destination LowCardinality(String),
    lane_carrier LowCardinality(String),
    lane_service LowCardinality(String),
    began Nullable(DateTime64(3, 'UTC')) COMMENT 'of a delivery, or when a promise was made',
    valid_until Nullable(DateTime64(3, 'UTC')),
    partition_source LowCardinality(String) COMMENT 'of the event that told it anew',
    partition_number UInt32,
    partition_offset UInt64
)
ENGINE = {{replacing}}
ORDER BY (partition_source, partition_number, partition_offset, kept_in, event_id, occurred_at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

-- Distinct records of whole hours and days (UTC) by everything that weekly questions group and filter by, as `attributed.sql` tells
-- them. One row per span, replaced as a whole. It counts as long as nothing of its hours was touched after `version`.
CREATE TABLE IF NOT EXISTS counted_spans {{on_cluster}}
(
    width_h UInt8 COMMENT '1 or 24',
    begins_s UInt32 COMMENT 'seconds since 1970',
    cells Nested(
        stream LowCardinality(String),
        kind LowCardinality(String),
        basis LowCardinality(String),
        abstained Bool,
        causes Array(LowCardinality(String)),
        departments Array(LowCardinality(String)),
        text_departments Array(LowCardinality(String)),
        records UInt64),
    version UInt64
)
ENGINE = {{replacing(version)}}
ORDER BY (width_h, begins_s);

-- Hours (UTC) of which a record or its attribution changed, and when the projection last saw that.
CREATE TABLE IF NOT EXISTS touched_hours {{on_cluster}}
(
    begins_s UInt32 COMMENT 'seconds since 1970',
    version UInt64
)
ENGINE = {{replacing(version)}}
ORDER BY begins_s;

-- Records of one call are found by it. Parts that are there already are read without the index.
ALTER TABLE records {{on_cluster}} ADD INDEX IF NOT EXISTS by_call call_id TYPE bloom_filter(0.01) GRANULARITY 1;
