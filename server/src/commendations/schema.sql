-- What was filed here, so that the same praise filed twice is noticed. No text is kept, only its keyed hash.
CREATE TABLE IF NOT EXISTS filed (
    commendation_id TEXT PRIMARY KEY,
    content_hash    BLOB NOT NULL,
    filed_by        TEXT NOT NULL,
    filed_at        INTEGER NOT NULL,
    is_durable      INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS filed_by_content ON filed (content_hash, filed_at);

-- Who has read a commendation: the agent, the supervisor, the operations manager. The first reading counts.
CREATE TABLE IF NOT EXISTS receipts (
    commendation_id TEXT NOT NULL,
    recipient       TEXT NOT NULL,
    read_by         TEXT NOT NULL,
    read_at         INTEGER NOT NULL,
    PRIMARY KEY (commendation_id, recipient)
);
