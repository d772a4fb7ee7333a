-- Runs that read history again, and how far each has come.
CREATE TABLE IF NOT EXISTS reanalyses (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    started_by  TEXT NOT NULL,
    started_at  INTEGER NOT NULL,
    ended_at    INTEGER,
    -- reading, attributing, done, failed
    state       TEXT NOT NULL,
    problem     TEXT NOT NULL DEFAULT '',
    -- what reads: dictionary, taxonomy, rules, model; and the generation of its readings
    versions    TEXT NOT NULL DEFAULT '',
    taxonomy    TEXT NOT NULL DEFAULT '',
    generation  INTEGER NOT NULL DEFAULT 0,
    -- the last record that both sinks hold
    time        INTEGER,
    record_id   TEXT NOT NULL DEFAULT '',
    total       INTEGER NOT NULL DEFAULT 0,
    done        INTEGER NOT NULL DEFAULT 0,
    changed     INTEGER NOT NULL DEFAULT 0
);
