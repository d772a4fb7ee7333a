//! Who may do what: accounts with a role and a token, kept in SQLite in the data folder.

mod passwords;
mod people;
mod sessions;

use std::{
    path::{Path, PathBuf},
    str::FromStr,
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::secrets::{self, SecretError};

pub use passwords::{PasswordOutcome, WeakPassword};
pub use people::{Arrival, WAY_LIFETIME, WayIn};
pub use sessions::SESSION_LIFETIME;

/// What an account is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Posts streams and imports.
    Intake,
    /// An agent.
    Agent,
    /// A supervisor.
    Supervisor,
    /// A quality analyst.
    Analyst,
    /// An executive.
    Executive,
    /// Everything.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 6] =
        [Self::Intake, Self::Agent, Self::Supervisor, Self::Analyst, Self::Executive, Self::Admin];

    /// The name on the command line and in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Intake => "intake",
            Self::Agent => "agent",
            Self::Supervisor => "supervisor",
            Self::Analyst => "analyst",
            Self::Executive => "executive",
            Self::Admin => "admin",
        }
    }
}

impl FromStr for Role {
    type Err = AccountsError;

    fn from_str(name: &str) -> Result<Self, AccountsError> {
        Self::ALL.into_iter().find(|r| r.name() == name).ok_or_else(|| AccountsError::UnknownRole(name.to_owned()))
    }
}

/// One account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Account {
    /// Unique name.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// 工号 of an agent.
    pub agent_no: Option<String>,
    /// Department.
    pub department: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
}

impl Account {
    /// A new account of that name, without end.
    pub fn new(name: &str, role: Role, now: Timestamp) -> Self {
        let name = name.to_owned();
        Self { name, role, agent_no: None, department: None, created_at: now, revoked_at: None, expires_at: None }
    }

    /// Whether it opens anything at `now`.
    pub fn is_usable(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

/// Why accounts cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// No such role.
    #[error("没有角色 {0}；可用：{known}", known = Role::ALL.map(Role::name).join("、"))]
    UnknownRole(String),
    /// The name is taken.
    #[error("账号 {0} 已存在；如需新令牌，请先 revoke 再以新名字添加")]
    Exists(String),
    /// No such account.
    #[error("没有可用的账号 {0}")]
    Unknown(String),
    /// A name that would not be read as it is written.
    #[error("账号名须为 1 到 {MAX_NAME_CHARS} 个字，不含空白与控制字符")]
    Name,
    /// A password that is too easily guessed.
    #[error(transparent)]
    Weak(#[from] WeakPassword),
    /// A password could not be worked on.
    #[error("密码处理失败：{0}")]
    Password(argon2::password_hash::Error),
    /// Token trouble.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// Store trouble.
    #[error("账号库 {path} 读写失败：{source}")]
    Store {
        /// The file.
        path: PathBuf,
        /// SQLite's report.
        source: rusqlite::Error,
    },
    /// A stored value nobody wrote.
    #[error("账号库 {path} 内容不对：{detail}")]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What was found.
        detail: String,
    },
}

/// The accounts of one data folder.
pub struct Accounts {
    path: PathBuf,
    connection: Mutex<Connection>,
}

/// Longest name of an account.
const MAX_NAME_CHARS: usize = 64;

const COLUMNS: &str = "name, role, agent_no, department, created_at, revoked_at,
    (SELECT expires_at FROM expiries WHERE expiries.name = accounts.name)";

impl Accounts {
    /// Opens or creates the store in `data_dir`.
    ///
    /// # Errors
    /// Store trouble.
    pub fn open(data_dir: &Path) -> Result<Self, AccountsError> {
        let path = data_dir.join("accounts.sqlite");
        let open = || {
            let connection = Connection::open(&path)?;
            connection.busy_timeout(std::time::Duration::from_secs(5))?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.execute_batch(include_str!("accounts/schema.sql"))?;
            Ok(connection)
        };
        match open() {
            Ok(connection) => Ok(Self { path, connection: Mutex::new(connection) }),
            Err(source) => Err(AccountsError::Store { path, source }),
        }
    }

    /// Adds an account and returns its token, which is stored only as a hash.
    ///
    /// # Errors
    /// The name is taken; store trouble.
    pub fn add(&self, account: &Account) -> Result<String, AccountsError> {
        check_name(&account.name)?;
        let token = new_token()?;
        let inserted = self.with(|connection| insert(connection, account, &token))?;
        if inserted == 1 { Ok(token) } else { Err(AccountsError::Exists(account.name.clone())) }
    }

    /// All accounts by name.
    ///
    /// # Errors
    /// Store trouble.
    pub fn list(&self) -> Result<Vec<Account>, AccountsError> {
        let rows = self.with(|connection| {
            let mut statement = connection.prepare(&format!("SELECT {COLUMNS} FROM accounts ORDER BY name"))?;
            statement.query_map([], Row::read)?.collect::<Result<Vec<_>, _>>()
        })?;
        rows.into_iter().map(|row| self.account(row)).collect()
    }

    /// Ends an account from `now` on: its token, its password, its sessions.
    ///
    /// # Errors
    /// No such account; store trouble.
    pub fn revoke(&self, name: &str, now: Timestamp) -> Result<(), AccountsError> {
        let revoked = self.with(|connection| {
            connection.execute("DELETE FROM sessions WHERE name = ?1", [name])?;
            connection.execute("DELETE FROM sign_in_codes WHERE name = ?1", [name])?;
            connection.execute(
                "UPDATE accounts SET revoked_at = ?2 WHERE name = ?1 AND revoked_at IS NULL",
                params![name, now.to_string()],
            )
        })?;
        if revoked == 1 { Ok(()) } else { Err(AccountsError::Unknown(name.to_owned())) }
    }

    /// The account of that name, usable or not.
    ///
    /// # Errors
    /// Store trouble.
    pub fn by_name(&self, name: &str) -> Result<Option<Account>, AccountsError> {
        let row = self.with(|connection| {
            connection
                .prepare_cached(&format!("SELECT {COLUMNS} FROM accounts WHERE name = ?1"))?
                .query_row([name], Row::read)
                .optional()
        })?;
        row.map(|row| self.account(row)).transpose()
    }

    /// The department of the agent with that number, where an account says so.
    ///
    /// # Errors
    /// Store trouble.
    pub fn group_of(&self, agent_no: &str) -> Result<Option<String>, AccountsError> {
        let found: Option<Option<String>> = self.with(|connection| {
            let sql = "SELECT department FROM accounts
                WHERE agent_no = ?1 AND role = 'agent' AND revoked_at IS NULL ORDER BY name LIMIT 1";
            connection.prepare_cached(sql)?.query_row([agent_no], |row| row.get(0)).optional()
        })?;
        Ok(found.flatten())
    }

    /// The numbers of a department's agents.
    ///
    /// # Errors
    /// Store trouble.
    pub fn agents_of(&self, department: &str) -> Result<Vec<String>, AccountsError> {
        self.with(|connection| {
            let sql = "SELECT DISTINCT agent_no FROM accounts
                WHERE department = ?1 AND role = 'agent' AND agent_no IS NOT NULL AND revoked_at IS NULL";
            let mut statement = connection.prepare_cached(sql)?;
            statement.query_map([department], |row| row.get(0))?.collect()
        })
    }

    /// Whether one of the departments has a supervisor of its own.
    ///
    /// # Errors
    /// Store trouble.
    pub fn has_bound_supervisor(&self, departments: &[String]) -> Result<bool, AccountsError> {
        self.with(|connection| {
            let sql = "SELECT EXISTS (SELECT 1 FROM accounts
                WHERE department = ?1 AND role = 'supervisor' AND revoked_at IS NULL)";
            let mut statement = connection.prepare_cached(sql)?;
            for department in departments {
                if statement.query_row([department], |row| row.get(0))? {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    }

    /// The account a token belongs to, unless it was revoked or has come to its end.
    ///
    /// # Errors
    /// Store trouble.
    pub fn by_token(&self, token: &str, now: Timestamp) -> Result<Option<Account>, AccountsError> {
        // Looked up by hash: how long the look-up takes tells nothing about any token.
        let row = self.with(|connection| {
            connection
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM accounts WHERE token_hash = ?1 AND revoked_at IS NULL"
                ))?
                .query_row([digest(token)], Row::read)
                .optional()
        })?;
        let account = row.map(|row| self.account(row)).transpose()?;
        Ok(account.filter(|account| account.is_usable(now)))
    }

    /// At the first start: an administrator whose token is written to `<data_dir>/admin.token` (mode 0600).
    ///
    /// # Errors
    /// Store or file trouble.
    pub fn ensure_admin(&self, data_dir: &Path, now: Timestamp) -> Result<(), AccountsError> {
        let file = data_dir.join("admin.token");
        let usable = match std::fs::read_to_string(&file) {
            Ok(token) => self.by_token(token.trim(), now)?.is_some(),
            Err(_) => false,
        };
        if usable || self.list()?.iter().any(|a| a.role == Role::Admin && a.name != "admin" && a.revoked_at.is_none()) {
            return Ok(());
        }
        // The file was lost before anybody else became administrator: the old token is replaced.
        self.with(|connection| {
            connection.execute("DELETE FROM sessions WHERE name = 'admin'", [])?;
            connection.execute("DELETE FROM sign_in_codes WHERE name = 'admin'", [])?;
            connection.execute("DELETE FROM passwords WHERE name = 'admin'", [])?;
            connection.execute("DELETE FROM accounts WHERE name = 'admin'", [])
        })?;
        let token = self.add(&Account::new("admin", Role::Admin, now))?;
        Ok(secrets::write(&file, format!("{token}\n").as_bytes())?)
    }

    fn with<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, AccountsError> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        work(&connection).map_err(|source| AccountsError::Store { path: self.path.clone(), source })
    }

    fn account(&self, row: Row) -> Result<Account, AccountsError> {
        let corrupt = |detail: String| AccountsError::Corrupt { path: self.path.clone(), detail };
        let time = |text: String| text.parse::<Timestamp>().map_err(|e| corrupt(e.to_string()));
        Ok(Account {
            name: row.name,
            role: row.role.parse()?,
            agent_no: row.agent_no,
            department: row.department,
            created_at: time(row.created_at)?,
            revoked_at: row.revoked_at.map(time).transpose()?,
            expires_at: row.expires_at.map(time).transpose()?,
        })
    }
}

fn check_name(name: &str) -> Result<(), AccountsError> {
    let is_readable = |c: char| !c.is_whitespace() && !c.is_control();
    let fits = (1..=MAX_NAME_CHARS).contains(&name.chars().count()) && name.chars().all(is_readable);
    if fits { Ok(()) } else { Err(AccountsError::Name) }
}

fn new_token() -> Result<String, AccountsError> {
    Ok(format!("tj_{}", hex(&secrets::random()?)))
}

/// How many accounts were made: none where the name is taken.
fn insert(connection: &Connection, account: &Account, token: &str) -> rusqlite::Result<usize> {
    let inserted = connection.execute(
        "INSERT OR IGNORE INTO accounts VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL)",
        params![
            account.name,
            account.role.name(),
            account.agent_no,
            account.department,
            digest(token),
            account.created_at.to_string()
        ],
    )?;
    if let Some(end) = account.expires_at.filter(|_| inserted == 1) {
        connection.execute("INSERT INTO expiries VALUES (?1, ?2)", params![account.name, end.to_string()])?;
    }
    Ok(inserted)
}

struct Row {
    name: String,
    role: String,
    agent_no: Option<String>,
    department: Option<String>,
    created_at: String,
    revoked_at: Option<String>,
    expires_at: Option<String>,
}

impl Row {
    fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            name: row.get(0)?,
            role: row.get(1)?,
            agent_no: row.get(2)?,
            department: row.get(3)?,
            created_at: row.get(4)?,
            revoked_at: row.get(5)?,
            expires_at: row.get(6)?,
        })
    }
}

pub(crate) fn digest(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn account(name: &str, role: Role) -> Account {
        Account { department: Some("物流".into()), ..Account::new(name, role, Timestamp::UNIX_EPOCH) }
    }

    #[test]
    fn a_token_opens_its_account_until_revoked() {
        let folder = tempfile::tempdir().unwrap();
        let accounts = Accounts::open(folder.path()).unwrap();
        let token = accounts.add(&account("小李", Role::Analyst)).unwrap();
        assert_eq!(accounts.by_token(&token, NOW).unwrap(), Some(account("小李", Role::Analyst)));
        assert!(matches!(accounts.add(&account("小李", Role::Agent)), Err(AccountsError::Exists(_))));
        accounts.revoke("小李", Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(accounts.by_token(&token, NOW).unwrap(), None);
        assert!(matches!(accounts.revoke("小李", Timestamp::UNIX_EPOCH), Err(AccountsError::Unknown(_))));
        assert_eq!(accounts.by_token("tj_guess", NOW).unwrap(), None);
    }

    #[test]
    fn an_account_with_an_end_opens_nothing_after_it() {
        let folder = tempfile::tempdir().unwrap();
        let accounts = Accounts::open(folder.path()).unwrap();
        let end = NOW + std::time::Duration::from_secs(60);
        let brief = Account { expires_at: Some(end), ..account("临时", Role::Analyst) };
        let token = accounts.add(&brief).unwrap();
        let session = accounts.open_session("临时", NOW).unwrap();
        assert_eq!(accounts.by_token(&token, NOW).unwrap(), Some(brief.clone()));
        assert_eq!(accounts.by_session(&session, NOW).unwrap(), Some(brief));
        assert_eq!(accounts.by_token(&token, end).unwrap(), None);
        assert_eq!(accounts.by_session(&session, end).unwrap(), None);
    }

    #[test]
    fn names_are_readable() {
        let folder = tempfile::tempdir().unwrap();
        let accounts = Accounts::open(folder.path()).unwrap();
        for name in ["", "a b", "a\nb", &"长".repeat(65)] {
            assert!(matches!(accounts.add(&account(name, Role::Agent)), Err(AccountsError::Name)), "{name:?}");
        }
    }

    #[test]
    fn the_first_start_writes_an_administrators_token_once() {
        let folder = tempfile::tempdir().unwrap();
        let accounts = Accounts::open(folder.path()).unwrap();
        let file = folder.path().join("admin.token");
        accounts.ensure_admin(folder.path(), Timestamp::UNIX_EPOCH).unwrap();
        let token = std::fs::read_to_string(&file).unwrap();
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        accounts.ensure_admin(folder.path(), Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), token, "kept at the second start");
        assert_eq!(accounts.by_token(token.trim(), NOW).unwrap().unwrap().role, Role::Admin);
        std::fs::remove_file(&file).unwrap();
        accounts.ensure_admin(folder.path(), Timestamp::UNIX_EPOCH).unwrap();
        assert_ne!(std::fs::read_to_string(&file).unwrap(), token, "a lost token is replaced");
        assert_eq!(accounts.by_token(token.trim(), NOW).unwrap(), None);
    }

    #[test]
    fn no_token_is_kept_in_the_clear() {
        let folder = tempfile::tempdir().unwrap();
        let token = Accounts::open(folder.path()).unwrap().add(&account("a", Role::Admin)).unwrap();
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            assert!(!bytes.windows(token.len()).any(|w| w == token.as_bytes()));
        }
    }
}
