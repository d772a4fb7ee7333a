//! What librdkafka tells and asks outside of any call: log lines, errors, tokens.

use std::{
    collections::HashMap,
    error::Error,
    fmt::Display,
    path::PathBuf,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use rdkafka::{
    ClientContext,
    client::OAuthToken,
    config::RDKafkaLogLevel,
    consumer::ConsumerContext,
    error::{KafkaError, RDKafkaErrorCode},
};

use super::KafkaOptions;

/// A token is read again after this time; librdkafka asks when four fifths of it are over.
const TOKEN_LIFETIME_MS: u128 = 300_000;

/// A trouble that goes on is told again after this time; meanwhile at the level of debugging.
const TOLD_AGAIN_AFTER: Duration = Duration::from_secs(30);

/// The context of clients that only ask or produce.
pub struct Asking {
    /// See [`super::KafkaOptions::oauth_token_file`].
    oauth_token_file: Option<PathBuf>,
    /// Kinds of trouble, and when each was told.
    told: Mutex<HashMap<String, Instant>>,
    /// Why brokers cannot be reached, as the client said last.
    reason: Mutex<Option<String>>,
}

impl Asking {
    pub fn new(options: &KafkaOptions) -> Self {
        Self { oauth_token_file: options.oauth_token_file.clone(), told: Mutex::default(), reason: Mutex::default() }
    }

    /// Logs a trouble of some kind, at times only: a client that is cut off reports many times per second.
    pub fn tell(&self, kind: &str, trouble: &dyn Display) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.get(kind).is_some_and(|at| at.elapsed() < TOLD_AGAIN_AFTER) {
            tracing::debug!(kind, "kafka: {trouble}");
            return;
        }
        told.insert(kind.to_owned(), Instant::now());
        tracing::warn!(kind, "kafka: {trouble}");
    }

    /// The same, of the kind of a report.
    pub fn tell_report(&self, report: &KafkaError, trouble: &dyn Display) {
        self.tell(&format!("{:?}", report.rdkafka_error_code()), trouble);
    }

    /// Why brokers cannot be reached, as the client said last.
    pub fn reason(&self) -> Option<String> {
        self.reason.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// They are reached again.
    pub fn forget_reason(&self) {
        *self.reason.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl ClientContext for Asking {
    const ENABLE_REFRESH_OAUTH_TOKEN: bool = true;

    /// librdkafka redacts secrets in its own lines.
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        use RDKafkaLogLevel::{Alert, Critical, Debug, Emerg, Error, Info, Notice, Warning};
        match level {
            Emerg | Alert | Critical | Error | Warning => self.tell(facility, &message),
            Notice | Info => tracing::info!(facility, "librdkafka: {message}"),
            Debug => tracing::debug!(facility, "librdkafka: {message}"),
        }
    }

    fn error(&self, error: KafkaError, reason: &str) {
        // That all are down is told beside why each is.
        if error.rdkafka_error_code() != Some(RDKafkaErrorCode::AllBrokersDown) {
            *self.reason.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason.to_owned());
        }
        self.tell_report(&error, &format_args!("{error}: {reason}"));
    }

    fn generate_oauth_token(&self, _: Option<&str>) -> Result<OAuthToken, Box<dyn Error>> {
        token(self.oauth_token_file.as_ref())
    }
}

impl ConsumerContext for Asking {}

/// The token in the file, which somebody else keeps fresh.
fn token(file: Option<&PathBuf>) -> Result<OAuthToken, Box<dyn Error>> {
    let path = file.ok_or("OAUTHBEARER needs source.kafka.oauth_token_file")?;
    let token = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_millis();
    Ok(OAuthToken {
        token: token.trim().to_owned(),
        principal_name: String::new(),
        lifetime_ms: i64::try_from(now + TOKEN_LIFETIME_MS)?,
    })
}
