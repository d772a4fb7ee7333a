//! What can go wrong with the warehouse, and whether trying again may help.

use std::time::Duration;

use clickhouse::error::Error as ClientError;

use crate::MigrationError;

/// A failed request. [`Self::is_recoverable`] is decided by the kind, where the error arises.
#[derive(Debug, thiserror::Error)]
pub enum WarehouseError {
    /// No answer came.
    #[error("{action}: ClickHouse at {url} cannot be reached ({}); is it running?", causes(source))]
    Unreachable {
        /// What was being done.
        action: &'static str,
        /// Who did not answer.
        url: String,
        /// Why.
        source: Box<ClientError>,
    },
    /// The answer did not come in time.
    #[error("{action}: ClickHouse at {url} gave no answer within {} s; it is overloaded, or stands still", after.as_secs())]
    TimedOut {
        /// What was being done.
        action: &'static str,
        /// Who did not answer.
        url: String,
        /// How long was waited.
        after: Duration,
    },
    /// The embedded engine is starting or between two tries.
    #[error("{action}: the embedded ClickHouse is not running: {reason}")]
    EngineDown {
        /// What was being done.
        action: &'static str,
        /// What the supervisor says.
        reason: String,
    },
    /// ClickHouse refuses now and may accept later: memory, disk, too many parts, read-only.
    #[error("{action}: ClickHouse at {url} cannot do it now: {message}{}", hint(*code))]
    Busy {
        /// What was being done.
        action: &'static str,
        /// Who said so.
        url: String,
        /// ClickHouse's error code; 0 where there was none.
        code: u32,
        /// ClickHouse's words.
        message: String,
    },
    /// ClickHouse refuses and always will: wrong statement, wrong types, no right to.
    #[error("{action}: ClickHouse at {url} refused: {message}{}", hint(*code))]
    Refused {
        /// What was being done.
        action: &'static str,
        /// Who said so.
        url: String,
        /// ClickHouse's error code; 0 where there was none.
        code: u32,
        /// ClickHouse's words.
        message: String,
    },
    /// A table is not that of this program.
    #[error(
        "{action}: table {table} does not fit this program: {reason}; run its migrations, or use the program it was made by"
    )]
    Schema {
        /// What was being done.
        action: &'static str,
        /// Which table.
        table: &'static str,
        /// The difference.
        reason: String,
    },
    /// An answer is not what was asked for.
    #[error("{action}: the answer does not fit the question: {source}; was the database made by another program?")]
    Answer {
        /// What was being done.
        action: &'static str,
        /// The difference.
        source: Box<ClientError>,
    },
    /// A migration was refused.
    #[error(transparent)]
    Migration(#[from] MigrationError),
    /// A row that this program never writes.
    #[error("the stored row of {id} cannot be read: {what}; was it written by another program?")]
    Corrupt {
        /// Whose row.
        id: String,
        /// What is wrong with it.
        what: String,
    },
    /// The certificates of `[warehouse] ca_file`, or of this machine, are of no use.
    #[error("the certificate authorities cannot be used: {reason}; check [warehouse] ca_file")]
    Authorities {
        /// What is wrong with them.
        reason: String,
    },
    /// No URL was configured.
    #[error("no ClickHouse is configured: [warehouse] url is empty")]
    NoUrl,
}

impl WarehouseError {
    /// Whether the same request may succeed later without anybody changing the program, the statement or the tables.
    pub fn is_recoverable(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::TimedOut { .. } | Self::EngineDown { .. } | Self::Busy { .. } => true,
            Self::Refused { .. }
            | Self::Schema { .. }
            | Self::Answer { .. }
            | Self::Migration(_)
            | Self::Corrupt { .. }
            | Self::Authorities { .. }
            | Self::NoUrl => false,
        }
    }

    /// Whether another server of the same cluster might answer.
    pub(crate) fn is_of_this_server(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::TimedOut { .. } => true,
            Self::Busy { code, message, .. } => {
                OF_ONE_SERVER.contains(code)
                    || (*code == 0 && PASSING_STATUS.iter().any(|status| message.starts_with(status)))
            }
            _ => false,
        }
    }

    /// Sorts an error of the client by what can be done about it.
    pub(crate) fn of(action: &'static str, url: &str, after: Duration, error: ClientError) -> Self {
        match error {
            ClientError::BadResponse(message) => Self::of_response(action, url, message),
            ClientError::TimedOut => Self::TimedOut { action, url: url.to_owned(), after },
            ClientError::Network(_) | ClientError::Decompression(_) | ClientError::Other(_) => {
                Self::Unreachable { action, url: url.to_owned(), source: Box::new(error) }
            }
            ClientError::InvalidParams(_) | ClientError::Unsupported(_) | ClientError::Custom(_) => {
                Self::Refused { action, url: url.to_owned(), code: 0, message: error.to_string() }
            }
            error => Self::Answer { action, source: Box::new(error) },
        }
    }

    fn of_response(action: &'static str, url: &str, message: String) -> Self {
        let code = exception_code(&message);
        let url = url.to_owned();
        if is_passing(code, &message) {
            Self::Busy { action, url, code, message }
        } else {
            Self::Refused { action, url, code, message }
        }
    }
}

/// An error and what is behind it: of a connection the last is what matters (refused, or a certificate nobody vouches for).
fn causes(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_said = cause.to_string();
        if !said.contains(&cause_said) {
            said = format!("{said}: {cause_said}");
        }
        next = cause.source();
    }
    said
}

/// The number in `Code: 241. DB::Exception: …`; 0 where the message is not ClickHouse's.
fn exception_code(message: &str) -> u32 {
    let Some((_, rest)) = message.split_once("Code: ") else { return 0 };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    rest.get(..digits).and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// ClickHouse's error codes that pass by themselves, or once somebody makes room or repairs a server.
const PASSING: &[u32] = &[
    32,   // ATTEMPT_TO_READ_AFTER_EOF: a connection broke in the middle
    74,   // CANNOT_READ_FROM_FILE_DESCRIPTOR
    75,   // CANNOT_WRITE_TO_FILE_DESCRIPTOR: mostly a full disk
    76,   // CANNOT_OPEN_FILE: read-only or out of descriptors
    77,   // CANNOT_CLOSE_FILE
    159,  // TIMEOUT_EXCEEDED
    160,  // TOO_SLOW
    164,  // READONLY
    173,  // CANNOT_ALLOCATE_MEMORY
    198,  // DNS_ERROR
    202,  // TOO_MANY_SIMULTANEOUS_QUERIES
    203,  // NO_FREE_CONNECTION
    204,  // CANNOT_FSYNC
    209,  // SOCKET_TIMEOUT
    210,  // NETWORK_ERROR
    225,  // NO_ZOOKEEPER
    236,  // ABORTED: shutting down
    241,  // MEMORY_LIMIT_EXCEEDED
    242,  // TABLE_IS_READ_ONLY
    243,  // NOT_ENOUGH_SPACE
    252,  // TOO_MANY_PARTS
    279,  // ALL_CONNECTION_TRIES_FAILED
    285,  // TOO_FEW_LIVE_REPLICAS
    286,  // UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE
    289,  // REPLICA_IS_NOT_IN_QUORUM
    319,  // UNKNOWN_STATUS_OF_INSERT
    394,  // QUERY_WAS_CANCELLED
    425,  // SYSTEM_ERROR
    439,  // CANNOT_SCHEDULE_TASK
    999,  // KEEPER_EXCEPTION
    1000, // POCO_EXCEPTION
    1001, // STD_EXCEPTION: file system errors among others
    1002, // UNKNOWN_EXCEPTION
];

/// Those of them that another replica need not have: its disk, its Keeper session, its own end.
const OF_ONE_SERVER: &[u32] = &[74, 75, 76, 77, 164, 202, 203, 204, 225, 236, 242, 243, 999];

/// Gateways in front of a server answer with these and no code of ClickHouse's.
const PASSING_STATUS: &[&str] = &["429 ", "502 ", "503 ", "504 "];

/// What the client says of an answer that ended before it began.
const CUT_OFF: &str = "columns header";

fn is_passing(code: u32, message: &str) -> bool {
    PASSING.contains(&code)
        || message.contains("No space left on device")
        || (code == 0 && (message.contains(CUT_OFF) || PASSING_STATUS.iter().any(|status| message.starts_with(status))))
}

/// What to do about the commonest codes.
fn hint(code: u32) -> &'static str {
    match code {
        75 | 243 => " (make room on its disk)",
        241 | 173 => " (it needs more memory, or a smaller question)",
        252 => " (merges cannot keep up: larger or fewer batches, or a faster disk)",
        164 | 242 => " (it is read-only: check its disk and its rights)",
        193 | 194 | 516 => " (check [warehouse] user and password)",
        81 | 60 => " (run the migrations first)",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(message: &str, recoverable: bool) {
        let error =
            WarehouseError::of("test", "http://h", Duration::ZERO, ClientError::BadResponse(message.to_owned()));
        assert_eq!(error.is_recoverable(), recoverable, "{error}");
        assert!(error.to_string().contains(message), "{error}");
    }

    #[test]
    fn server_errors_are_sorted_by_code() {
        check("Code: 241. DB::Exception: (total) memory limit exceeded", true);
        check("Code: 252. DB::Exception: Too many parts (3000)", true);
        check("Code: 243. DB::Exception: Cannot reserve 1.00 MiB", true);
        check("Code: 164. DB::Exception: Cannot execute query in readonly mode", true);
        check("Code: 1001. DB::Exception: std::exception. Code: 1001, type: fs error: No space left on device", true);
        check("503 Service Unavailable", true);
        check("Code: 62. DB::Exception: Syntax error", false);
        check("Code: 516. DB::Exception: Authentication failed", false);
        check("Code: 60. DB::Exception: Table tingjian.records does not exist", false);
        check("Code: 53. DB::Exception: Type mismatch", false);
        check("404 Not Found", false);
    }

    #[test]
    fn errors_of_the_connection_are_recoverable_and_of_the_row_are_not() {
        let of = |error| WarehouseError::of("test", "http://h", Duration::from_secs(3), error);
        assert!(of(ClientError::Network("connection refused".into())).is_recoverable());
        assert!(of(ClientError::TimedOut).is_recoverable());
        assert!(of(ClientError::TimedOut).to_string().contains("3 s"));
        assert!(!of(ClientError::SchemaMismatch("column".into())).is_recoverable());
        assert!(!of(ClientError::NotEnoughData).is_recoverable());
    }

    #[test]
    fn what_one_replica_cannot_do_another_may() {
        let is_of_one = |error: WarehouseError| error.is_of_this_server();
        let of = |error| WarehouseError::of("test", "http://h", Duration::ZERO, error);
        let said = |message: &str| of(ClientError::BadResponse(message.to_owned()));
        assert!(is_of_one(of(ClientError::Network("connection refused".into()))));
        assert!(is_of_one(of(ClientError::TimedOut)));
        assert!(is_of_one(said("Code: 242. DB::Exception: Table is in readonly mode")));
        assert!(is_of_one(said("Code: 243. DB::Exception: Cannot reserve 1.00 MiB")));
        assert!(is_of_one(said("502 Bad Gateway")));
        // The question is too large everywhere; the quorum is the cluster's.
        assert!(!is_of_one(said("Code: 241. DB::Exception: memory limit exceeded")));
        assert!(!is_of_one(said("Code: 286. DB::Exception: Quorum for previous write has not been satisfied")));
        assert!(!is_of_one(said("Code: 62. DB::Exception: Syntax error")));
    }

    #[test]
    fn a_password_is_never_printed() {
        let credentials = crate::Credentials { user: "u".into(), password: "geheim".into() };
        assert!(!format!("{credentials:?}").contains("geheim"));
    }
}
