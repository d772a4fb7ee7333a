//! A test double of the server's HTTP edge: it answers as CONTRACT says, keeps events in memory, and fails on demand.
//! Events are read by the contract's own reader, so what it refuses the server refuses.

use std::{
    collections::{BTreeMap, VecDeque},
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{any, post},
};
use serde_json::{Value, json};
use tingjian_schemas::{BodyKind, Stream, decode, split_body};
use tokio::{net::TcpListener, runtime::Runtime};

/// Until the port is free again.
const SHUTDOWN: std::time::Duration = std::time::Duration::from_secs(10);

pub const TOKEN: &str = "test-token";

/// What becomes of one post, instead of the ordinary.
#[derive(Clone, Debug)]
pub enum Step {
    /// As ever.
    Take,
    /// This status with `Retry-After`, nothing taken.
    Busy(u16, u64),
    /// Taken, but the answer is lost on the way.
    TakeAndHangUp,
    /// Nothing is taken and no connection is accepted from here on.
    Die,
    /// 413 for more rows than this.
    AtMost(usize),
}

/// What the double was told and what it was asked.
#[derive(Default)]
pub struct Memory {
    /// Events by stream and id: content.
    pub events: BTreeMap<(String, String), Value>,
    /// Rows of each post.
    pub posts: Vec<usize>,
    /// Other requests: method, path and query, decoded.
    pub requests: Vec<String>,
    /// Bodies of other posts.
    pub bodies: Vec<Value>,
    /// What becomes of the next posts; the last stays.
    pub steps: VecDeque<Step>,
    /// Answers to other requests, by path: status, media type, body.
    pub answers: BTreeMap<String, (u16, String, Vec<u8>)>,
    /// Answers that follow the first one to the same path, one each.
    pub then: BTreeMap<String, Vec<Value>>,
    /// Takes everything unread.
    pub unread: bool,
    /// Called at each post.
    pub at_post: Option<Box<dyn FnMut() + Send>>,
    dead: bool,
}

type Shared = Arc<Mutex<Memory>>;

pub struct Double {
    address: SocketAddr,
    memory: Shared,
    runtime: Option<Runtime>,
}

impl Double {
    pub fn start() -> Self {
        Self::start_at(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), Shared::default())
    }

    fn start_at(address: SocketAddr, memory: Shared) -> Self {
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind(address)).unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new()
            .route("/api/v1/streams/{stream}", post(intake))
            .fallback(any(other))
            .with_state(Arc::clone(&memory));
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self { address, memory, runtime: Some(runtime) }
    }

    /// Ends this one and starts another with the same memory at the same address.
    pub fn restart(mut self) -> Self {
        self.stop();
        self.with(|memory| {
            memory.dead = false;
            memory.steps.clear();
        });
        Self::start_at(self.address, Arc::clone(&self.memory))
    }

    /// Accepts no connection any more and cuts all.
    pub fn stop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(SHUTDOWN);
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn with<T>(&self, work: impl FnOnce(&mut Memory) -> T) -> T {
        work(&mut self.memory.lock().unwrap())
    }

    pub fn steps(&self, steps: impl IntoIterator<Item = Step>) {
        self.with(|memory| memory.steps = steps.into_iter().collect());
    }

    pub fn answers(&self, path: &str, status: u16, body: &Value) {
        self.answers_bytes(path, status, "application/json", body.to_string().into_bytes());
    }

    pub fn answers_bytes(&self, path: &str, status: u16, media: &str, body: Vec<u8>) {
        self.with(|memory| memory.answers.insert(path.to_owned(), (status, media.to_owned(), body)));
    }

    pub fn events(&self, stream: &str) -> Vec<Value> {
        self.with(|m| m.events.iter().filter(|((s, _), _)| s == stream).map(|(_, e)| e.clone()).collect())
    }

    pub fn last_request(&self) -> String {
        self.with(|memory| memory.requests.last().cloned().unwrap())
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        self.stop();
    }
}

fn problem(status: u16, title: &str, detail: &str) -> Response {
    let body = json!({"type": "about:blank", "title": title, "status": status, "detail": detail}).to_string();
    let status = StatusCode::from_u16(status).unwrap();
    (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response()
}

fn has_token(headers: &HeaderMap) -> bool {
    headers.get(header::AUTHORIZATION).is_some_and(|value| value == format!("Bearer {TOKEN}").as_str())
}

/// An answer that breaks off before its end: the connection is closed under the client.
fn hang_up() -> Response {
    let cut = Body::from_stream(futures_util::stream::once(async { Err::<Bytes, _>(std::io::Error::other("cut")) }));
    ([(header::CONTENT_LENGTH, "1000")], cut).into_response()
}

async fn intake(State(memory): State<Shared>, Path(stream): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    let mut memory = memory.lock().unwrap();
    if !has_token(&headers) {
        return problem(401, "没有有效的令牌", "");
    }
    if let Some(at_post) = &mut memory.at_post {
        at_post();
    }
    if memory.dead {
        return hang_up();
    }
    let step = if memory.steps.len() > 1 { memory.steps.pop_front() } else { memory.steps.front().cloned() };
    match step.unwrap_or(Step::Take) {
        Step::Take => take(&mut memory, &stream, &headers, &body),
        Step::Busy(status, seconds) => {
            let mut answer = problem(status, "服务繁忙", "请稍后重试");
            answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            answer
        }
        Step::TakeAndHangUp => {
            take(&mut memory, &stream, &headers, &body);
            hang_up()
        }
        Step::Die => {
            memory.dead = true;
            hang_up()
        }
        Step::AtMost(rows) if body.iter().filter(|b| **b == b'\n').count() > rows => {
            problem(413, "请求体过大", "请分批提交")
        }
        Step::AtMost(_) => take(&mut memory, &stream, &headers, &body),
    }
}

fn take(memory: &mut Memory, stream: &str, headers: &HeaderMap, body: &[u8]) -> Response {
    let media = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let kind = BodyKind::of_content_type(media).unwrap();
    let known: Stream = stream.parse().unwrap();
    let pieces = match split_body(kind, body) {
        Ok(pieces) => pieces,
        Err(error) => return problem(400, "请求有误", &error.message_zh()),
    };
    memory.posts.push(pieces.len());
    let mut rejected = Vec::new();
    for piece in &pieces {
        if memory.unread {
            continue;
        }
        match decode(known, piece.bytes) {
            Ok(event) => {
                let content = serde_json::from_slice(piece.bytes).unwrap();
                memory.events.insert((stream.to_owned(), event.common.event_id), content);
            }
            Err(rejection) => rejected.push(json!({
                "index": piece.index,
                "event_id": rejection.event_id,
                "field": rejection.field,
                "reason": rejection.reason.name(),
                "message": rejection.message_zh(),
            })),
        }
    }
    let answer = json!({"accepted": pieces.len() - rejected.len(), "rejected": rejected});
    (StatusCode::ACCEPTED, answer.to_string()).into_response()
}

async fn other(State(memory): State<Shared>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let mut memory = memory.lock().unwrap();
    let path = parts.uri.path().to_owned();
    let query = parts.uri.query().map(|q| format!("?{}", unescaped(q))).unwrap_or_default();
    memory.requests.push(format!("{} {}{query}", parts.method, unescaped(&path)));
    memory.bodies.extend(serde_json::from_slice::<Value>(&body));
    if path != "/health" && !has_token(&parts.headers) {
        return problem(401, "没有有效的令牌", "");
    }
    let following = memory.then.get_mut(&path).filter(|then| !then.is_empty()).map(|then| then.remove(0));
    let exact = format!("{path}?{}", parts.uri.query().map(unescaped).unwrap_or_default());
    let answer = match memory.answers.get(&exact).or_else(|| memory.answers.get(&path)) {
        Some((status, media, body)) => {
            let status = StatusCode::from_u16(*status).unwrap();
            (status, [(header::CONTENT_TYPE, media.clone())], body.clone()).into_response()
        }
        None => problem(404, "没有找到", "没有这个接口"),
    };
    if let Some(next) = following {
        memory.answers.insert(path, (200, "application/json".to_owned(), next.to_string().into_bytes()));
    }
    answer
}

fn unescaped(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|h| u8::from_str_radix(std::str::from_utf8(h).unwrap_or("x"), 16).ok());
        match (first, code) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            (b'+', _) => {
                bytes.push(b' ');
                rest = after;
            }
            (byte, _) => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap()
}
