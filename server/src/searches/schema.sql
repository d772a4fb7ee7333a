CREATE TABLE IF NOT EXISTS searches
(
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    UNIQUE (account, name)
) STRICT;

-- What an account looked for last; `seen` grows with every search.
CREATE TABLE IF NOT EXISTS recent
(
    account TEXT NOT NULL,
    q TEXT NOT NULL,
    seen INTEGER NOT NULL,
    PRIMARY KEY (account, q)
) STRICT;
