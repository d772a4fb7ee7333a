CREATE TABLE IF NOT EXISTS questions
(
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    query TEXT NOT NULL,
    channel TEXT NOT NULL,
    day INTEGER NOT NULL, -- 0 Monday … 6 Sunday; -1: every day
    time TEXT NOT NULL,
    kept_at INTEGER NOT NULL, -- milliseconds since 1970
    UNIQUE (account, name)
) STRICT;
