CREATE TABLE IF NOT EXISTS accounts (
    name       TEXT PRIMARY KEY,
    role       TEXT NOT NULL,
    agent_no   TEXT,
    department TEXT,
    token_hash BLOB NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    revoked_at TEXT
);

-- When an account ends by itself; none: never.
CREATE TABLE IF NOT EXISTS expiries (
    name       TEXT PRIMARY KEY REFERENCES accounts (name),
    expires_at TEXT NOT NULL
);

-- Argon2id, in the form that says its own parameters.
CREATE TABLE IF NOT EXISTS passwords (
    name          TEXT PRIMARY KEY REFERENCES accounts (name),
    password_hash TEXT NOT NULL
);

-- Wrong passwords in a row, of names that exist and of names that do not: who is locked out tells nothing about who exists.
CREATE TABLE IF NOT EXISTS wrong_passwords (
    name         TEXT PRIMARY KEY,
    in_a_row     INTEGER NOT NULL,
    last_at      TEXT NOT NULL,
    locked_until TEXT NOT NULL
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

-- People whom an OpenID provider vouches for, by its id of them; the account is theirs alone.
CREATE TABLE IF NOT EXISTS people (
    issuer  TEXT NOT NULL,
    subject TEXT NOT NULL,
    name    TEXT NOT NULL UNIQUE REFERENCES accounts (name),
    PRIMARY KEY (issuer, subject)
);

-- Ways in over a provider that have begun: each ends once, in the browser that began it, within minutes.
CREATE TABLE IF NOT EXISTS ways_in (
    state_hash   BLOB PRIMARY KEY,
    browser_hash BLOB NOT NULL,
    nonce        TEXT NOT NULL,
    verifier     TEXT NOT NULL,
    next         TEXT NOT NULL,
    expires_at   TEXT NOT NULL
);
