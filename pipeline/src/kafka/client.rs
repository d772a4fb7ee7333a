//! What librdkafka tells and asks outside of any call: log lines, errors, tokens.

use std::{error::Error, path::PathBuf, time::SystemTime};

use rdkafka::{
    ClientContext, client::OAuthToken, config::RDKafkaLogLevel, consumer::ConsumerContext, error::KafkaError,
};

/// A token is read again after this time; librdkafka asks when four fifths of it are over.
const TOKEN_LIFETIME_MS: u128 = 300_000;

/// The context of clients that only ask or produce.
pub struct Asking {
    /// See [`super::KafkaOptions::oauth_token_file`].
    pub oauth_token_file: Option<PathBuf>,
}

impl ClientContext for Asking {
    const ENABLE_REFRESH_OAUTH_TOKEN: bool = true;

    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        tracing::warn!(%error, reason, "kafka");
    }

    fn generate_oauth_token(&self, _: Option<&str>) -> Result<OAuthToken, Box<dyn Error>> {
        token(self.oauth_token_file.as_ref())
    }
}

impl ConsumerContext for Asking {}

/// librdkafka redacts secrets in its own lines.
pub(super) fn log(level: RDKafkaLogLevel, facility: &str, message: &str) {
    use RDKafkaLogLevel::{Alert, Critical, Debug, Emerg, Error, Info, Notice, Warning};
    match level {
        Emerg | Alert | Critical | Error | Warning => tracing::warn!(facility, "librdkafka: {message}"),
        Notice | Info => tracing::info!(facility, "librdkafka: {message}"),
        Debug => tracing::debug!(facility, "librdkafka: {message}"),
    }
}

/// The token in the file, which somebody else keeps fresh.
pub(super) fn token(file: Option<&PathBuf>) -> Result<OAuthToken, Box<dyn Error>> {
    let path = file.ok_or("OAUTHBEARER needs source.kafka.oauth_token_file")?;
    let token = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_millis();
    Ok(OAuthToken {
        token: token.trim().to_owned(),
        principal_name: String::new(),
        lifetime_ms: i64::try_from(now + TOKEN_LIFETIME_MS)?,
    })
}
