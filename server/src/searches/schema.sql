CREATE TABLE IF NOT EXISTS searches
(
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    UNIQUE (account, name)
) STRICT;
