-- What has been applied. Always run first; the only statement that is not itself recorded.
CREATE TABLE IF NOT EXISTS migrations {{on_cluster}}
(
    number UInt32,
    name String,
    sha256 String COMMENT 'of the file as shipped, before its engine names are filled in',
    applied_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
)
ENGINE = {{merge_tree}}
ORDER BY number
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
