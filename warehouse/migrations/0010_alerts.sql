-- Alerts between reports: raised, acknowledged, resolved. Rows are only added; of one subject the first that was raised is open until
-- it is resolved, whoever raised it again meanwhile.
CREATE TABLE IF NOT EXISTS alert_notes {{on_cluster}}
(
    subject String COMMENT 'overdue/物流, emerging/2026-W47/cause:fulfil.lost, lag, dead-letters',
    at DateTime64(3, 'UTC'),
    alert_id String COMMENT 'random, of whoever raised it',
    what LowCardinality(String) COMMENT 'raised, acknowledged or resolved',
    noted_by String COMMENT 'account, or where a message was acknowledged; empty: the server',
    title String,
    detail String,
    link String COMMENT 'path of the page behind it'
)
ENGINE = {{merge_tree}}
ORDER BY (subject, at, alert_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;
