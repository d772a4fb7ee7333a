-- What lanes did changes what was measured by it before. How far that is seen is noted apart: what events touch themselves goes first.
CREATE TABLE IF NOT EXISTS lanes_measured {{on_cluster}}
(
    source LowCardinality(String),
    number UInt32,
    next UInt64 COMMENT 'offset wanted next',
    version UInt64
)
ENGINE = {{replacing(version)}}
ORDER BY (source, number);

-- What was measured over a span of time is sought by it.
ALTER TABLE attributions {{on_cluster}} ADD INDEX IF NOT EXISTS by_measure measured_at TYPE minmax GRANULARITY 1;
ALTER TABLE attributions {{on_cluster}} MATERIALIZE INDEX by_measure;
