-- What was worked out of events: written by the projection alone, and written again from nothing by a rebuild. Each row is one
-- unit of work (a record, an order, a case, a contact) and is replaced as a whole; `version` is the run that wrote it.

-- Who is responsible for what a record is about. Records about which only their text speaks have no row.
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

    lane String ALIAS if(empty(lane_origin) AND empty(lane_destination) AND empty(lane_carrier) AND empty(lane_service), '',
        concat(lane_origin, '→', lane_destination, '/', lane_carrier, '/', lane_service)),

    INDEX by_record record_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {{replacing(version)}}
PARTITION BY toYYYYMM(occurred_at)
-- The key of `records`, so that both are read along the same span of time.
ORDER BY (occurred_at, record_id)
PRIMARY KEY occurred_at;

-- The promise ledger: one row per order or case with all its entries, so that an entry that is none any more goes with it.
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
    version UInt64
)
ENGINE = {{replacing(version)}}
ORDER BY (unit, unit_key);

-- Who held a case how long, and how long departments took to answer.
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
    version UInt64
)
ENGINE = {{replacing(version)}}
ORDER BY case_key;

-- Repeat contact: a contact's place in its chain. Contacts of unknown customers are alone and have no row.
CREATE TABLE IF NOT EXISTS contact_places {{on_cluster}}
(
    record_id String CODEC(ZSTD(1)),
    occurred_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    customer_key FixedString(16),
    chain_id String COMMENT 'record id of the first contact of the chain' CODEC(ZSTD(1)),
    place UInt32 COMMENT '1 for the first',
    next_after_ms Nullable(Int64) COMMENT 'until the next contact of the chain; null: none followed',
    version UInt64,

    INDEX by_record record_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_chain chain_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {{replacing(version)}}
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (occurred_at, record_id)
PRIMARY KEY occurred_at;

-- How far the projection has come in each run of source records; merges keep the last.
CREATE TABLE IF NOT EXISTS projected {{on_cluster}}
(
    source LowCardinality(String),
    number UInt32,
    next UInt64 COMMENT 'offset wanted next',
    version UInt64
)
ENGINE = {{replacing(version)}}
ORDER BY (source, number);
