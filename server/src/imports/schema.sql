-- Imports over HTTP: what was sent, how far it has come, what was refused. The file itself lies beside until it is done.
CREATE TABLE IF NOT EXISTS imports (
    import_id   TEXT PRIMARY KEY,
    stream      TEXT NOT NULL,
    file_name   TEXT NOT NULL,
    mapping     TEXT NOT NULL,
    created_by  TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    -- waiting (for its mapping to be confirmed), running, done, failed
    state       TEXT NOT NULL,
    problem     TEXT NOT NULL DEFAULT '',
    rows        INTEGER NOT NULL DEFAULT 0,
    accepted    INTEGER NOT NULL DEFAULT 0,
    refused     INTEGER NOT NULL DEFAULT 0,
    length      INTEGER NOT NULL DEFAULT 0,
    position    INTEGER NOT NULL DEFAULT 0,
    errors_name TEXT NOT NULL DEFAULT ''
);
