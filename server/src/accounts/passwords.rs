//! Name and password: Argon2id, wrong tries counted, locked out after some in a row.

use std::time::Duration;

use argon2::{
    Argon2, PasswordHash, PasswordHasher, PasswordVerifier,
    password_hash::{Salt, SaltString},
};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::{Accounts, AccountsError, sessions::stamp};
use crate::secrets;

/// Fewest characters of a password.
const LEAST_CHARS: usize = 10;
/// Most bytes of a password: hashing a book would be work for nothing.
const MOST_BYTES: usize = 256;
/// Wrong passwords in a row that lock a name out.
pub const TRIES: u32 = 5;
/// How long it is locked out.
pub const LOCKOUT: Duration = Duration::from_secs(15 * 60);
/// Names that are remembered with wrong passwords; the oldest are forgotten first.
const NAMES_REMEMBERED: u32 = 10_000;
/// What a password of a name that has none is held against, so that both take the same time.
const NOBODYS: &str = "nobody knows this one";

/// Why a password is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Too short.
    #[error("密码至少 {LEAST_CHARS} 个字符")]
    Short,
    /// Too long.
    #[error("密码最多 {MOST_BYTES} 字节")]
    Long,
    /// Made of the account's name, or of one character.
    #[error("密码不能是账号名，也不能只是同一个字符的重复")]
    Obvious,
}

/// What became of a try to sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordOutcome {
    /// The password was right: a session.
    Opened(String),
    /// It was wrong, or there is no such account; this many tries are left.
    Wrong(u32),
    /// Too many were wrong in a row: locked out until then.
    LockedUntil(Timestamp),
}

impl Accounts {
    /// Gives an account a password, instead of the one it had. Takes its time.
    ///
    /// # Errors
    /// A weak password; no such account; store trouble.
    pub fn set_password(&self, name: &str, password: &str) -> Result<(), AccountsError> {
        check(name, password)?;
        let hash = hash(password)?;
        let set = self.with(|connection| {
            connection.execute("DELETE FROM wrong_passwords WHERE name = ?1", [name])?;
            connection.execute(
                "INSERT OR REPLACE INTO passwords SELECT name, ?2 FROM accounts WHERE name = ?1 AND revoked_at IS NULL",
                params![name, hash],
            )
        })?;
        if set == 1 { Ok(()) } else { Err(AccountsError::Unknown(name.to_owned())) }
    }

    /// Whether an account can sign in by password.
    ///
    /// # Errors
    /// Store trouble.
    pub fn has_password(&self, name: &str) -> Result<bool, AccountsError> {
        Ok(self.password_hash(name)?.is_some())
    }

    /// Trades a name and its password for a session. Takes its time, the same whether there is such a name or not.
    ///
    /// # Errors
    /// Store trouble.
    pub fn open_session_by_password(
        &self,
        name: &str,
        password: &str,
        now: Timestamp,
    ) -> Result<PasswordOutcome, AccountsError> {
        if let Some(until) = self.locked_until(name, now)? {
            return Ok(PasswordOutcome::LockedUntil(until));
        }
        let known = self.password_hash(name)?;
        let usable = self.by_name(name)?.is_some_and(|account| account.is_usable(now));
        let held_against = match &known {
            Some(hash) => hash.clone(),
            None => hash(NOBODYS)?,
        };
        let parsed = PasswordHash::new(&held_against).map_err(AccountsError::Password)?;
        let is_right = password.len() <= MOST_BYTES
            && Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok()
            && known.is_some()
            && usable;
        if !is_right {
            return self.note_wrong(name, now);
        }
        self.with(|connection| connection.execute("DELETE FROM wrong_passwords WHERE name = ?1", [name]))?;
        Ok(PasswordOutcome::Opened(self.open_session(name, now)?))
    }

    fn password_hash(&self, name: &str) -> Result<Option<String>, AccountsError> {
        self.with(|connection| {
            let mut found = connection.prepare_cached("SELECT password_hash FROM passwords WHERE name = ?1")?;
            found.query_row([name], |row| row.get(0)).optional()
        })
    }

    fn locked_until(&self, name: &str, now: Timestamp) -> Result<Option<Timestamp>, AccountsError> {
        let until: Option<String> = self.with(|connection| {
            let sql = "SELECT locked_until FROM wrong_passwords WHERE name = ?1 AND locked_until > ?2";
            connection.query_row(sql, params![name, stamp(now)], |row| row.get(0)).optional()
        })?;
        let millis = until.and_then(|stamp| stamp.parse::<i64>().ok());
        Ok(millis.and_then(|millis| Timestamp::from_millisecond(millis).ok()))
    }

    /// Counts a wrong password. A count that is older than the lock-out begins anew.
    fn note_wrong(&self, name: &str, now: Timestamp) -> Result<PasswordOutcome, AccountsError> {
        let old = stamp(now - LOCKOUT);
        let in_a_row: u32 = self.with(|connection| {
            connection.execute(
                "DELETE FROM wrong_passwords WHERE last_at <= ?1
                     OR rowid IN (SELECT rowid FROM wrong_passwords ORDER BY last_at DESC LIMIT -1 OFFSET ?2)",
                params![old, NAMES_REMEMBERED],
            )?;
            connection.query_row(
                "INSERT INTO wrong_passwords VALUES (?1, 1, ?2, '')
                 ON CONFLICT (name) DO UPDATE SET in_a_row = in_a_row + 1, last_at = ?2 RETURNING in_a_row",
                params![name, stamp(now)],
                |row| row.get(0),
            )
        })?;
        if in_a_row < TRIES {
            return Ok(PasswordOutcome::Wrong(TRIES - in_a_row));
        }
        let until = now + LOCKOUT;
        self.with(|connection| {
            let sql = "UPDATE wrong_passwords SET locked_until = ?2, in_a_row = 0 WHERE name = ?1";
            connection.execute(sql, params![name, stamp(until)])
        })?;
        Ok(PasswordOutcome::LockedUntil(until))
    }
}

fn check(name: &str, password: &str) -> Result<(), WeakPassword> {
    let mut characters = password.chars();
    let first = characters.next();
    match password {
        _ if password.chars().count() < LEAST_CHARS => Err(WeakPassword::Short),
        _ if password.len() > MOST_BYTES => Err(WeakPassword::Long),
        _ if password.eq_ignore_ascii_case(name) || characters.all(|c| Some(c) == first) => Err(WeakPassword::Obvious),
        _ => Ok(()),
    }
}

fn hash(password: &str) -> Result<String, AccountsError> {
    let random = secrets::random()?;
    let salt = random.get(..Salt::RECOMMENDED_LENGTH).unwrap_or(&random);
    let salt = SaltString::encode_b64(salt).map_err(AccountsError::Password)?;
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt).map_err(AccountsError::Password)?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::{Account, Role};

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;
    const GOOD: &str = "一句很长的密码 2026";

    fn with_li() -> (tempfile::TempDir, Accounts) {
        let folder = tempfile::tempdir().unwrap();
        let accounts = Accounts::open(folder.path()).unwrap();
        accounts.add(&Account::new("小李", Role::Analyst, NOW)).unwrap();
        accounts.set_password("小李", GOOD).unwrap();
        (folder, accounts)
    }

    #[test]
    fn the_right_password_opens_a_session_and_is_kept_as_a_hash() {
        let (_folder, accounts) = with_li();
        let PasswordOutcome::Opened(session) = accounts.open_session_by_password("小李", GOOD, NOW).unwrap() else {
            panic!("not opened")
        };
        assert_eq!(accounts.by_session(&session, NOW).unwrap().unwrap().name, "小李");
        let kept = accounts.password_hash("小李").unwrap().unwrap();
        assert!(kept.starts_with("$argon2id$") && !kept.contains(GOOD), "{kept}");
    }

    #[test]
    fn five_wrong_ones_lock_a_name_out_whether_it_exists_or_not() {
        let (_folder, accounts) = with_li();
        for name in ["小李", "没有这个人"] {
            for left in [4, 3, 2, 1] {
                let outcome = accounts.open_session_by_password(name, "不对的不对的不对的", NOW).unwrap();
                assert_eq!(outcome, PasswordOutcome::Wrong(left), "{name}");
            }
            let locked = PasswordOutcome::LockedUntil(NOW + LOCKOUT);
            assert_eq!(accounts.open_session_by_password(name, "又不对又不对又不对", NOW).unwrap(), locked);
            assert_eq!(accounts.open_session_by_password(name, GOOD, NOW).unwrap(), locked, "even the right one");
        }
        let later = NOW + LOCKOUT;
        assert!(matches!(accounts.open_session_by_password("小李", GOOD, later), Ok(PasswordOutcome::Opened(_))));
    }

    #[test]
    fn a_revoked_account_has_no_password() {
        let (_folder, accounts) = with_li();
        accounts.revoke("小李", NOW).unwrap();
        assert_eq!(accounts.open_session_by_password("小李", GOOD, NOW).unwrap(), PasswordOutcome::Wrong(4));
        assert!(matches!(accounts.set_password("小李", GOOD), Err(AccountsError::Unknown(_))));
    }

    #[test]
    fn weak_passwords_are_refused() {
        for (password, why) in [
            ("短", WeakPassword::Short),
            ("aaaaaaaaaaaa", WeakPassword::Obvious),
            ("xiaoli-2026", WeakPassword::Obvious),
            (&"长".repeat(100), WeakPassword::Long),
        ] {
            assert_eq!(check("xiaoli-2026", password), Err(why), "{password}");
        }
    }
}
