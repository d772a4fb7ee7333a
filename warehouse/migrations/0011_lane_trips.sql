-- What lanes did, one row per order: the delivery that counts, along its lane. Worked out of deliveries by the projection, so that what
-- a lane could do is read from the lane's own rows and not from every delivery there is.
CREATE TABLE IF NOT EXISTS lane_trips {{on_cluster}}
(
    lane_carrier LowCardinality(String),
    lane_service LowCardinality(String),
    lane_origin LowCardinality(String),
    lane_destination LowCardinality(String),
    started_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    order_key FixedString(16),
    finished_at Nullable(DateTime64(3, 'UTC')) COMMENT 'null: still open' CODEC(ZSTD(1)),
    version UInt64,
    is_deleted UInt8
)
ENGINE = {{replacing(version, is_deleted)}}
ORDER BY (lane_carrier, lane_service, lane_origin, lane_destination, started_at, order_key);

-- What is stored already is worked out again, with its trips.
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
