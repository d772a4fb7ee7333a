-- Who looked at one record, and who changed what. Rows are only ever added: the triggers refuse anything else, and each row's
-- hash covers the row before it, so that a file changed from outside is noticed.
CREATE TABLE IF NOT EXISTS audit (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      TEXT NOT NULL,
    account TEXT NOT NULL,
    role    TEXT NOT NULL,
    action  TEXT NOT NULL,
    subject TEXT NOT NULL,
    outcome TEXT NOT NULL,
    hash    BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS audit_by_subject ON audit (subject);
CREATE INDEX IF NOT EXISTS audit_by_account ON audit (account);

CREATE TRIGGER IF NOT EXISTS audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER IF NOT EXISTS audit_is_not_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
