//! A client of the HTTP interface that hides nothing: every status is an answer.

use std::{
    sync::{Arc, RwLock},
    time::Duration,
};

use serde_json::Value;

/// Longest wait for one answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

/// Speaks to the sandbox's server, also after it was started again at another port. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    agent: ureq::Agent,
    address: Arc<RwLock<String>>,
    token: Option<String>,
}

/// No answer: the server is away or went away in the middle.
#[derive(Debug)]
pub struct Unreachable(
    /// What the connection reported.
    pub String,
);

/// A whole answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Content type.
    pub media: String,
    /// The body.
    pub body: Vec<u8>,
    /// All headers, names in lower case.
    pub headers: Vec<(String, String)>,
}

impl Answer {
    /// The first header of that name; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("no JSON ({e}): {}", self.text()))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Client {
    /// For whatever server `address` names at the time of a call.
    pub(crate) fn new(address: Arc<RwLock<String>>, token: Option<String>) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            // Where a page sends a browser is an answer too.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .timeout_global(Some(ANSWER_TIMEOUT))
            .build();
        Self { agent: config.new_agent(), address, token }
    }

    /// The same under another token, or none.
    pub fn with_token(&self, token: Option<&str>) -> Self {
        Self { token: token.map(str::to_owned), ..self.clone() }
    }

    /// Where the server listens: `http://ADDRESS:PORT`.
    pub fn address(&self) -> String {
        self.address.read().expect("address").clone()
    }

    /// The token calls are made with.
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    /// GET `path` with query parameters.
    ///
    /// # Errors
    /// No answer.
    pub fn try_get(&self, path: &str, query: &[(&str, &str)]) -> Result<Answer, Unreachable> {
        let mut request = self.agent.get(format!("{}{path}", self.address())).query_pairs(query.iter().copied());
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        answer(request.call())
    }

    /// GET `path`, which must be answered.
    pub fn get(&self, path: &str, query: &[(&str, &str)]) -> Answer {
        self.try_get(path, query).unwrap_or_else(|Unreachable(why)| panic!("GET {path}: {why}"))
    }

    /// GET `path` in the form that `accept` names, which must be answered.
    pub fn get_as(&self, path: &str, accept: &str) -> Answer {
        let mut request = self.agent.get(format!("{}{path}", self.address())).header("Accept", accept);
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        answer(request.call()).unwrap_or_else(|Unreachable(why)| panic!("GET {path}: {why}"))
    }

    /// GET `path`, which must be answered with 200 and JSON.
    pub fn ask(&self, path: &str, query: &[(&str, &str)]) -> Value {
        let answer = self.get(path, query);
        assert_eq!(answer.status, 200, "GET {path} {query:?}: {}", answer.text());
        answer.json()
    }

    /// POST with these headers.
    ///
    /// # Errors
    /// No answer.
    pub fn try_post(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answer, Unreachable> {
        let mut request = self.agent.post(format!("{}{path}", self.address()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        answer(request.send(body))
    }

    /// Any method, which must be answered.
    pub fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let address = format!("{}{path}", self.address());
        let mut request = ureq::http::Request::builder().method(method).uri(address);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        let request = request.body(body).expect("a request");
        answer(self.agent.run(request)).unwrap_or_else(|Unreachable(why)| panic!("{method} {path}: {why}"))
    }

    /// POST, which must be answered.
    pub fn post(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        self.try_post(path, headers, body).unwrap_or_else(|Unreachable(why)| panic!("POST {path}: {why}"))
    }

    /// Posts events to a stream; all must be accepted.
    pub fn send(&self, stream: &str, events: &[Value]) {
        let body = serde_json::to_vec(events).expect("events");
        let answer = self.post(&format!("/api/v1/streams/{stream}"), &[("Content-Type", "application/json")], &body);
        assert_eq!(answer.status, 202, "{}", answer.text());
        assert_eq!(answer.json()["accepted"], events.len(), "{}", answer.text());
    }
}

fn answer(result: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Answer, Unreachable> {
    let away = |error: ureq::Error| Unreachable(error.to_string());
    let mut response = result.map_err(away)?;
    let media = response.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (status, media) = (response.status().as_u16(), media.to_owned());
    let text = |value: &ureq::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = response.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    let body = response.body_mut().with_config().limit(u64::MAX).read_to_vec().map_err(away)?;
    Ok(Answer { status, media, body, headers })
}
