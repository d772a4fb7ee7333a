//! The HTTP edge: the one place that speaks to the server.

use std::{io::Read, time::Duration};

use serde::de::DeserializeOwned;
use ureq::{
    Agent, Body,
    http::Response,
    tls::{RootCerts, TlsConfig},
};

use crate::{failure::Failure, problem::Problem};

/// Until a connection stands.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Until the server begins to answer; a request for a large period may work for a while.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(120);
/// Between two pieces of an answer, and for sending one request body.
const PIECE_TIMEOUT: Duration = Duration::from_secs(60);
/// Largest answer taken into memory. Exports are streamed and have no bound.
const ANSWER_BYTES: u64 = 256 << 20;
/// Largest refusal read.
const PROBLEM_BYTES: u64 = 4 << 20;

/// A connection to one server.
#[derive(Clone)]
pub struct Client {
    agent: Agent,
    base: String,
    token: Option<String>,
}

/// Why a call gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No connection, or it broke: trying again may help.
    #[error(
        "连不上服务器 {url}：{cause}。请确认服务器已启动（tingjian-server serve），并检查 --url 或环境变量 TINGJIAN_URL。"
    )]
    Unreachable {
        /// Server address.
        url: String,
        /// In a few words.
        cause: String,
    },
    /// The server said no.
    #[error("{}", .0.sentence())]
    Refused(Box<Problem>),
    /// An answer that is not what the API promises.
    #[error("服务器 {url} 的回答读不懂：{cause}。地址可能不是听见的服务器，或两边版本不同。")]
    Unreadable {
        /// Server address.
        url: String,
        /// In a few words.
        cause: String,
    },
}

impl ClientError {
    /// Whether the same request may succeed later.
    pub fn is_recoverable(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Refused(problem) => matches!(problem.status, 408 | 429 | 500 | 502 | 503 | 504),
            Self::Unreadable { .. } => false,
        }
    }

    /// The HTTP status of a refusal.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused(problem) => Some(problem.status),
            _ => None,
        }
    }

    /// How long the server asks to wait, seconds.
    pub fn retry_after_s(&self) -> Option<u64> {
        match self {
            Self::Refused(problem) => problem.retry_after_s,
            _ => None,
        }
    }
}

/// Query parameters.
pub type Query<'a> = &'a [(&'a str, String)];

impl Client {
    /// For the server at `base`, as `base_of` gives it.
    pub fn new(base: String, token: Option<String>) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .user_agent(concat!("tingjian/", env!("CARGO_PKG_VERSION")))
            .tls_config(TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build())
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .timeout_recv_response(Some(ANSWER_TIMEOUT))
            .timeout_send_body(Some(PIECE_TIMEOUT))
            .timeout_per_read(Some(PIECE_TIMEOUT));
        // A proxy for the outside world must not be asked for a server on this very machine.
        let config = if is_local(&base) { config.proxy(None) } else { config };
        Self { agent: config.build().new_agent(), base, token }
    }

    /// The server's address.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// GET: the answer's bytes.
    ///
    /// # Errors
    /// Unreachable, refused.
    pub fn get(&self, path: &str, query: Query<'_>) -> Result<Vec<u8>, ClientError> {
        self.bytes(self.open(path, query, "application/json")?)
    }

    /// GET: the answer, read.
    ///
    /// # Errors
    /// Unreachable, refused, unreadable.
    pub fn get_as<T: DeserializeOwned>(&self, path: &str, query: Query<'_>) -> Result<T, ClientError> {
        self.read(&self.get(path, query)?)
    }

    /// GET: the answer as a stream, for what may be large.
    ///
    /// # Errors
    /// Unreachable, refused.
    pub fn stream(&self, path: &str, query: Query<'_>, accept: &str) -> Result<impl Read + use<>, ClientError> {
        Ok(self.open(path, query, accept)?.into_body().into_with_config().limit(u64::MAX).reader())
    }

    /// GET whose refusal carries the answer too (`/health` says why it is not ready): status and bytes.
    ///
    /// # Errors
    /// Unreachable.
    pub fn probe(&self, path: &str) -> Result<(u16, Vec<u8>), ClientError> {
        let answer = self.agent.get(format!("{}{path}", self.base)).call().map_err(|e| self.failed(&e))?;
        Ok((answer.status().as_u16(), self.bytes(answer)?))
    }

    /// POST: the answer's bytes.
    ///
    /// # Errors
    /// Unreachable, refused.
    pub fn post(&self, path: &str, content_type: &str, body: &[u8]) -> Result<Vec<u8>, ClientError> {
        let mut request = self.agent.post(format!("{}{path}", self.base)).content_type(content_type);
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let answer = request.send(body).map_err(|e| self.failed(&e))?;
        self.bytes(self.accepted(answer)?)
    }

    /// Reads an answer.
    ///
    /// # Errors
    /// Unreadable.
    pub fn read<T: DeserializeOwned>(&self, bytes: &[u8]) -> Result<T, ClientError> {
        serde_json::from_slice(bytes).map_err(|e| self.unreadable(&e))
    }

    fn open(&self, path: &str, query: Query<'_>, accept: &str) -> Result<Response<Body>, ClientError> {
        let mut request = self.agent.get(format!("{}{path}", self.base)).header("accept", accept);
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in query {
            request = request.query(name, value);
        }
        let answer = request.call().map_err(|e| self.failed(&e))?;
        self.accepted(answer)
    }

    fn accepted(&self, mut answer: Response<Body>) -> Result<Response<Body>, ClientError> {
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        let retry_after = answer.headers().get("retry-after").and_then(|v| v.to_str().ok()?.trim().parse().ok());
        // The status is known: a body that cannot be read changes nothing of the refusal.
        let body = answer.body_mut().with_config().limit(PROBLEM_BYTES).read_to_vec().unwrap_or_default();
        Err(ClientError::Refused(Box::new(Problem::read(status.as_u16(), &body, retry_after))))
    }

    fn bytes(&self, mut answer: Response<Body>) -> Result<Vec<u8>, ClientError> {
        answer.body_mut().with_config().limit(ANSWER_BYTES).read_to_vec().map_err(|e| self.failed(&e))
    }

    fn failed(&self, error: &ureq::Error) -> ClientError {
        use ureq::Error as E;
        let url = self.base.clone();
        let cause = match error {
            E::HostNotFound => "找不到这个主机名".to_owned(),
            E::ConnectionFailed => "连接失败".to_owned(),
            E::Timeout(_) => "超时没有回答".to_owned(),
            E::Io(e) => broken(e),
            E::Rustls(e) => format!("TLS 证书或协议不对（{e}）"),
            E::Tls(e) => format!("TLS 证书或协议不对（{e}）"),
            E::BodyExceedsLimit(_) | E::LargeResponseHeader(..) | E::Protocol(_) | E::TooManyRedirects => {
                return ClientError::Unreadable { url, cause: error.to_string() };
            }
            other => other.to_string(),
        };
        ClientError::Unreachable { url, cause }
    }

    fn unreadable(&self, error: &serde_json::Error) -> ClientError {
        ClientError::Unreadable { url: self.base.clone(), cause: error.to_string() }
    }
}

fn broken(error: &std::io::Error) -> String {
    use std::io::ErrorKind as K;
    match error.kind() {
        K::ConnectionRefused => "连接被拒绝，那里没有服务在监听".to_owned(),
        K::ConnectionReset | K::ConnectionAborted | K::BrokenPipe | K::UnexpectedEof => "连接中途断开".to_owned(),
        K::TimedOut | K::WouldBlock => "超时没有回答".to_owned(),
        _ => error.to_string(),
    }
}

/// The server's address from what the user gave: `host:port` means `http://host:port`.
///
/// # Errors
/// An address that is none.
pub fn base_of(url: &str) -> Result<String, Failure> {
    let url = url.trim();
    let full = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
    let full = full.trim_end_matches('/').to_owned();
    let uri: ureq::http::Uri = full.parse().map_err(|_| not_an_address(url))?;
    let known = matches!(uri.scheme_str(), Some("http" | "https"));
    if known && uri.host().is_some_and(|h| !h.is_empty()) && uri.query().is_none() {
        Ok(full)
    } else {
        Err(not_an_address(url))
    }
}

fn not_an_address(url: &str) -> Failure {
    Failure::usage(format!("--url“{url}”不是服务器地址；例：http://127.0.0.1:8700"))
}

/// Whether `url` (with its scheme) names this very machine.
pub fn is_local(url: &str) -> bool {
    let host = url.parse::<ureq::http::Uri>().ok().and_then(|u| u.host().map(str::to_owned)).unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// A path segment, percent-encoded.
pub fn segment(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~');
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (typed, base) in [
            ("127.0.0.1:8700", "http://127.0.0.1:8700"),
            ("https://a.example/tj/", "https://a.example/tj"),
            ("ftp://a.example", ""),
            ("", ""),
            ("http://", ""),
        ] {
            assert_eq!(base_of(typed).unwrap_or_default(), base, "{typed}");
        }
    }

    #[test]
    fn only_this_machine_is_local() {
        for url in ["http://127.0.0.1:8700", "http://localhost", "http://[::1]:1", "http://127.9.9.9"] {
            assert!(is_local(url), "{url}");
        }
        for url in ["http://10.0.0.1", "http://localhost.example", "http://127.0.0.1.example"] {
            assert!(!is_local(url), "{url}");
        }
    }

    #[test]
    fn segments() {
        assert_eq!(segment("a-1_~."), "a-1_~.");
        assert_eq!(segment("工/?# %"), "%E5%B7%A5%2F%3F%23%20%25");
    }
}
