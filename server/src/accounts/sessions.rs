//! Signing a person in: a one-time code becomes a session, a session names an account until it expires.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::{Account, Accounts, AccountsError, COLUMNS, Row, digest, hex};
use crate::secrets;

/// How long a one-time link works.
pub const CODE_LIFETIME: Duration = Duration::from_secs(60 * 60);
/// How long a session lasts, at most.
pub const SESSION_LIFETIME: Duration = Duration::from_secs(12 * 60 * 60);

impl Accounts {
    /// A code that signs `name` in once, until it expires.
    ///
    /// # Errors
    /// No such account; store trouble.
    pub fn sign_in_code(&self, name: &str, now: Timestamp) -> Result<String, AccountsError> {
        let code = hex(&secrets::random()?);
        let made = self.with(|connection| {
            connection.execute("DELETE FROM sign_in_codes WHERE expires_at <= ?1", [stamp(now)])?;
            connection.execute(
                "INSERT INTO sign_in_codes SELECT ?1, name, ?3 FROM accounts WHERE name = ?2 AND revoked_at IS NULL",
                params![digest(&code), name, stamp(now + CODE_LIFETIME)],
            )
        })?;
        if made == 1 { Ok(code) } else { Err(AccountsError::Unknown(name.to_owned())) }
    }

    /// Trades a code for a session, once; `None` when it is unknown, used or expired.
    ///
    /// # Errors
    /// Store trouble.
    pub fn open_session_by_code(&self, code: &str, now: Timestamp) -> Result<Option<String>, AccountsError> {
        let name: Option<String> = self.with(|connection| {
            connection
                .query_row(
                    "DELETE FROM sign_in_codes WHERE code_hash = ?1 AND expires_at > ?2 RETURNING name",
                    params![digest(code), stamp(now)],
                    |row| row.get(0),
                )
                .optional()
        })?;
        name.map(|name| self.open_session(&name, now)).transpose()
    }

    /// Opens a session for an account that proved itself.
    ///
    /// # Errors
    /// Store trouble.
    pub fn open_session(&self, name: &str, now: Timestamp) -> Result<String, AccountsError> {
        let session = hex(&secrets::random()?);
        self.with(|connection| {
            connection.execute("DELETE FROM sessions WHERE expires_at <= ?1", [stamp(now)])?;
            connection.execute(
                "INSERT INTO sessions VALUES (?1, ?2, ?3)",
                params![digest(&session), name, stamp(now + SESSION_LIFETIME)],
            )
        })?;
        Ok(session)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// Store trouble.
    pub fn close_session(&self, session: &str) -> Result<(), AccountsError> {
        self.with(|connection| connection.execute("DELETE FROM sessions WHERE session_hash = ?1", [digest(session)]))?;
        Ok(())
    }

    /// The account a session belongs to, unless expired or revoked.
    ///
    /// # Errors
    /// Store trouble.
    pub fn by_session(&self, session: &str, now: Timestamp) -> Result<Option<Account>, AccountsError> {
        let row = self.with(|connection| {
            connection
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM accounts WHERE revoked_at IS NULL AND name =
                        (SELECT name FROM sessions WHERE session_hash = ?1 AND expires_at > ?2)"
                ))?
                .query_row(params![digest(session), stamp(now)], Row::read)
                .optional()
        })?;
        let account = row.map(|row| self.account(row)).transpose()?;
        Ok(account.filter(|account| account.is_usable(now)))
    }
}

/// Times of one width, so that they compare as text.
pub(super) fn stamp(time: Timestamp) -> String {
    format!("{:020}", time.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Role;

    #[test]
    fn a_code_opens_one_session_and_everything_expires() {
        let folder = tempfile::tempdir().unwrap();
        let accounts = Accounts::open(folder.path()).unwrap();
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        accounts.ensure_admin(folder.path(), now).unwrap();
        let code = accounts.sign_in_code("admin", now).unwrap();
        let session = accounts.open_session_by_code(&code, now).unwrap().unwrap();
        assert_eq!(accounts.open_session_by_code(&code, now).unwrap(), None, "once only");
        assert_eq!(accounts.by_session(&session, now).unwrap().unwrap().role, Role::Admin);
        assert_eq!(accounts.by_session(&session, now + SESSION_LIFETIME).unwrap(), None);
        let late = accounts.sign_in_code("admin", now).unwrap();
        assert_eq!(accounts.open_session_by_code(&late, now + CODE_LIFETIME).unwrap(), None);
        accounts.close_session(&session).unwrap();
        assert_eq!(accounts.by_session(&session, now).unwrap(), None);
        assert!(accounts.sign_in_code("nobody", now).is_err());
    }
}
