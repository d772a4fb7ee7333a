-- Weekly reports as they were published. Rows are only added: of one week and edition the first one published counts. The text is
-- kept as it was written, so that a newer program answers with the same bytes.
CREATE TABLE IF NOT EXISTS weekly_reports {{on_cluster}}
(
    week LowCardinality(String) COMMENT '2026-W47',
    edition UInt32 COMMENT '1: as published; later ones add amendments and objections',
    published_at DateTime64(3, 'UTC'),
    published_by String,
    why LowCardinality(String) COMMENT 'published, amended or objected',
    sha256 String COMMENT 'of the report without additions',
    document String COMMENT 'JSON' CODEC(ZSTD(3)),
    html String CODEC(ZSTD(3))
)
ENGINE = {{merge_tree}}
ORDER BY (week, edition, published_at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;
