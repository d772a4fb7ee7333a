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

-- Thanks sent on to the agents who were praised: one of each sender for each commendation. The words are masked.
CREATE TABLE IF NOT EXISTS thanks (
    commendation_id TEXT NOT NULL,
    sent_by         TEXT NOT NULL,
    role            TEXT NOT NULL,
    badge           TEXT NOT NULL,
    words           TEXT NOT NULL,
    sent_at         INTEGER NOT NULL,
    PRIMARY KEY (commendation_id, sent_by)
);

-- Whom they went to, and when each has read them.
CREATE TABLE IF NOT EXISTS thanked (
    commendation_id TEXT NOT NULL,
    sent_by         TEXT NOT NULL,
    agent_no        TEXT NOT NULL,
    read_at         INTEGER,
    PRIMARY KEY (commendation_id, sent_by, agent_no)
);
CREATE INDEX IF NOT EXISTS thanked_agents ON thanked (agent_no);
CREATE INDEX IF NOT EXISTS thanks_times ON thanks (sent_at);
