-- One row per group of records that became durable together. `first_offset` numbers records, not blocks.
CREATE TABLE IF NOT EXISTS blocks (
    first_offset   INTEGER PRIMARY KEY,
    records        INTEGER NOT NULL,
    first_arrival  INTEGER NOT NULL,
    received_at_ms INTEGER NOT NULL,
    checksum       INTEGER NOT NULL,
    bytes          BLOB    NOT NULL
);

-- Who this journal is: sinks keep positions under this name, so a new journal never continues an old one's numbers.
CREATE TABLE IF NOT EXISTS identity (
    only_row   INTEGER PRIMARY KEY CHECK (only_row = 1),
    journal_id TEXT    NOT NULL,
    version    INTEGER NOT NULL
);
