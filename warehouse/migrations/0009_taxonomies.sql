-- Taxonomies as people saved them. Rows are only added: of one version the first one saved counts.
CREATE TABLE IF NOT EXISTS taxonomies {{on_cluster}}
(
    version UInt32,
    saved_at DateTime64(3, 'UTC'),
    saved_by String,
    note String,
    file String COMMENT 'TOML' CODEC(ZSTD(3))
)
ENGINE = {{merge_tree}}
ORDER BY (version, saved_at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;
