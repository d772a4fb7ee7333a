CREATE TABLE IF NOT EXISTS accounts (
    name       TEXT PRIMARY KEY,
    role       TEXT NOT NULL,
    agent_no   TEXT,
    department TEXT,
    token_hash BLOB NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    revoked_at TEXT
);

-- One-time links that sign a person in, and the sessions they open. Only hashes are kept.
CREATE TABLE IF NOT EXISTS sign_in_codes (
    code_hash  BLOB PRIMARY KEY,
    name       TEXT NOT NULL REFERENCES accounts (name),
    expires_at TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS sessions (
    session_hash BLOB PRIMARY KEY,
    name         TEXT NOT NULL REFERENCES accounts (name),
    expires_at   TEXT NOT NULL
);
