//! People whom an OpenID provider vouches for: ways in that have begun, and the accounts they lead to.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::{Account, Accounts, AccountsError, check_name, digest, insert, new_token, sessions::stamp};

/// How long somebody may take at the provider.
pub const WAY_LIFETIME: Duration = Duration::from_secs(10 * 60);
/// Ways in that have begun and not ended; the oldest are forgotten first.
const WAYS_REMEMBERED: u32 = 10_000;

/// A way in that has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayIn {
    /// What the token has to carry.
    pub nonce: String,
    /// What proves that the one who ends it is the one who began.
    pub verifier: String,
    /// Where to go afterwards.
    pub next: String,
}

/// What became of somebody the provider vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// A session.
    Opened(String),
    /// An account of that name was made here, for somebody else as far as anybody knows.
    NameTaken,
    /// Their account was revoked, or has come to its end.
    Revoked,
}

impl Accounts {
    /// Keeps a way in under its `state`, for the browser that holds `browser`.
    ///
    /// # Errors
    /// Store trouble.
    pub fn begin_way_in(&self, state: &str, browser: &str, way: &WayIn, now: Timestamp) -> Result<(), AccountsError> {
        self.with(|connection| {
            connection.execute(
                "DELETE FROM ways_in WHERE expires_at <= ?1
                     OR rowid IN (SELECT rowid FROM ways_in ORDER BY expires_at DESC LIMIT -1 OFFSET ?2)",
                params![stamp(now), WAYS_REMEMBERED - 1],
            )?;
            connection.execute(
                "INSERT INTO ways_in VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![digest(state), digest(browser), way.nonce, way.verifier, way.next, stamp(now + WAY_LIFETIME)],
            )
        })?;
        Ok(())
    }

    /// Ends a way in, once, for the browser that began it; `None` for every other.
    ///
    /// # Errors
    /// Store trouble.
    pub fn end_way_in(&self, state: &str, browser: &str, now: Timestamp) -> Result<Option<WayIn>, AccountsError> {
        self.with(|connection| {
            connection
                .query_row(
                    "DELETE FROM ways_in WHERE state_hash = ?1 AND browser_hash = ?2 AND expires_at > ?3
                         RETURNING nonce, verifier, next",
                    params![digest(state), digest(browser), stamp(now)],
                    |row| Ok(WayIn { nonce: row.get(0)?, verifier: row.get(1)?, next: row.get(2)? }),
                )
                .optional()
        })
    }

    /// A session for the person `subject` of `issuer`. Their account is made when they first come, and takes what the provider says
    /// of them each time: whoever loses a role there has lost it here at their next sign-in.
    ///
    /// # Errors
    /// A name that cannot be one; store trouble.
    pub fn arrive(
        &self,
        issuer: &str,
        subject: &str,
        told: &Account,
        now: Timestamp,
    ) -> Result<Arrival, AccountsError> {
        let known: Option<String> = self.with(|connection| {
            let sql = "SELECT name FROM people WHERE issuer = ?1 AND subject = ?2";
            connection.query_row(sql, params![issuer, subject], |row| row.get(0)).optional()
        })?;
        let Some(name) = known else { return self.welcome(issuer, subject, told, now) };
        if !self.by_name(&name)?.is_some_and(|account| account.is_usable(now)) {
            return Ok(Arrival::Revoked);
        }
        self.with(|connection| {
            connection.execute(
                "UPDATE accounts SET role = ?2, agent_no = ?3, department = ?4 WHERE name = ?1",
                params![name, told.role.name(), told.agent_no, told.department],
            )
        })?;
        Ok(Arrival::Opened(self.open_session(&name, now)?))
    }

    fn welcome(&self, issuer: &str, subject: &str, told: &Account, now: Timestamp) -> Result<Arrival, AccountsError> {
        check_name(&told.name)?;
        // Nobody learns the token: the way in is the provider.
        let token = new_token()?;
        let inserted = self.with(|connection| {
            let both = connection.unchecked_transaction()?;
            let inserted = insert(&both, told, &token)?;
            if inserted == 1 {
                both.execute("INSERT INTO people VALUES (?1, ?2, ?3)", params![issuer, subject, told.name])?;
            }
            both.commit()?;
            Ok(inserted)
        })?;
        if inserted == 0 {
            return Ok(Arrival::NameTaken);
        }
        Ok(Arrival::Opened(self.open_session(&told.name, now)?))
    }

    /// Whether a session belongs to somebody whom a provider vouches for.
    ///
    /// # Errors
    /// Store trouble.
    pub fn came_from_provider(&self, session: &str) -> Result<bool, AccountsError> {
        self.with(|connection| {
            let sql = "SELECT EXISTS (SELECT 1 FROM sessions JOIN people USING (name) WHERE session_hash = ?1)";
            connection.query_row(sql, [digest(session)], |row| row.get(0))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Role;

    const ISSUER: &str = "https://id.example";

    fn opened() -> (tempfile::TempDir, Accounts, Timestamp) {
        let folder = tempfile::tempdir().unwrap();
        let accounts = Accounts::open(folder.path()).unwrap();
        (folder, accounts, Timestamp::from_second(1_790_000_000).unwrap())
    }

    #[test]
    fn a_way_in_ends_once_in_its_own_browser_and_in_time() {
        let (_folder, accounts, now) = opened();
        let way = WayIn { nonce: "n".into(), verifier: "v".into(), next: "/records/x".into() };
        accounts.begin_way_in("state", "browser", &way, now).unwrap();
        assert_eq!(accounts.end_way_in("state", "another", now).unwrap(), None);
        assert_eq!(accounts.end_way_in("guess", "browser", now).unwrap(), None);
        assert_eq!(accounts.end_way_in("state", "browser", now).unwrap(), Some(way.clone()));
        assert_eq!(accounts.end_way_in("state", "browser", now).unwrap(), None, "once");
        accounts.begin_way_in("state", "browser", &way, now).unwrap();
        assert_eq!(accounts.end_way_in("state", "browser", now + WAY_LIFETIME).unwrap(), None);
    }

    #[test]
    fn a_person_keeps_their_account_and_takes_nobody_elses() {
        let (_folder, accounts, now) = opened();
        let told = |name: &str, role| Account { department: Some("物流".into()), ..Account::new(name, role, now) };
        accounts.add(&told("admin", Role::Admin)).unwrap();
        assert_eq!(accounts.arrive(ISSUER, "1", &told("admin", Role::Agent), now).unwrap(), Arrival::NameTaken);
        assert_eq!(accounts.by_name("admin").unwrap().unwrap().role, Role::Admin, "untouched");

        let Arrival::Opened(session) = accounts.arrive(ISSUER, "2", &told("li", Role::Analyst), now).unwrap() else {
            panic!("not opened")
        };
        assert!(accounts.came_from_provider(&session).unwrap());
        // Another name and role there: the same account, with the new role, in its open sessions too.
        accounts.arrive(ISSUER, "2", &told("li2", Role::Executive), now).unwrap();
        assert_eq!(accounts.by_session(&session, now).unwrap().unwrap().role, Role::Executive);
        assert_eq!(accounts.by_name("li2").unwrap(), None);
        assert_eq!(
            accounts.arrive("https://other.example", "2", &told("li", Role::Admin), now).unwrap(),
            Arrival::NameTaken
        );
        accounts.revoke("li", now).unwrap();
        assert_eq!(accounts.arrive(ISSUER, "2", &told("li", Role::Analyst), now).unwrap(), Arrival::Revoked);
    }
}
