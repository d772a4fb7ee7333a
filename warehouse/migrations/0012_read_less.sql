-- Questions read less: nothing is stored that was not stored before.

-- Of what was counted ahead a question reads its own days and hours: the rows are few and large, so the marks along the key are close.
-- What it holds is counted again.
DROP TABLE IF EXISTS counted_spans {{on_cluster}} SYNC;
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
ORDER BY (width_h, begins_s)
SETTINGS index_granularity = 16;

-- Standing promises, of no order and no case, are few and far between: where the greater of both keys is zeros.
ALTER TABLE promises {{on_cluster}} ADD INDEX IF NOT EXISTS standing greatest(order_key, case_key) TYPE minmax GRANULARITY 1;
ALTER TABLE promises {{on_cluster}} MATERIALIZE INDEX standing;

-- Complaints are sought by when the delivery began that they are about.
ALTER TABLE attributions {{on_cluster}} ADD INDEX IF NOT EXISTS by_start started_at TYPE minmax GRANULARITY 1;
ALTER TABLE attributions {{on_cluster}} MATERIALIZE INDEX by_start;
