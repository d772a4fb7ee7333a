//! ClickHouse's HTTP interface: one request in, one call to the pool, one response out.

use std::convert::Infallible;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use hyper::body::Incoming;
use hyper::header::AUTHORIZATION;
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use subtle::ConstantTimeEq;
use tokio::sync::mpsc;

use crate::answer::{AnswerBody, failed, plain, respond};
use crate::call::{Call, Piece, Work};
use crate::exception::{Exception, code};
use crate::pool::Entrance;
use crate::request::{Wishes, multipart_boundary};
use crate::statement::{Insert, Shape, shape};
use crate::upload::Upload;

/// Pieces of an answer between the engine and the network.
const PIECES: usize = 4;

/// What every request needs.
#[derive(Clone)]
pub struct Service {
    /// The way to the engine.
    pub entrance: Entrance,
    /// The parent's token.
    pub token: std::sync::Arc<str>,
    /// Longest request body in bytes.
    pub max_body_bytes: usize,
}

impl Service {
    /// Answers one request.
    ///
    /// # Errors
    /// Never: errors are responses.
    pub async fn handle(self, request: Request<Incoming>) -> Result<Response<AnswerBody>, Infallible> {
        Ok(match (request.method(), request.uri().path()) {
            (&Method::GET | &Method::HEAD, "/ping") => plain(StatusCode::OK, "Ok.\n"),
            (&Method::GET, "/") if request.uri().query().is_none() => plain(StatusCode::OK, "Ok.\n"),
            (&Method::GET | &Method::POST, "/") => self.statement(request).await,
            (_, "/") => plain(StatusCode::METHOD_NOT_ALLOWED, "Use GET or POST.\n"),
            _ => plain(StatusCode::NOT_FOUND, "There is no handle for this path.\n"),
        })
    }

    async fn statement(self, request: Request<Incoming>) -> Response<AnswerBody> {
        let (head, body) = request.into_parts();
        let upload = Upload::new(body, self.max_body_bytes);
        if let Err(exception) = self.authenticate(&head.headers) {
            return failed(&exception, "");
        }
        let mut wishes = match Wishes::read(&head) {
            Ok(wishes) => wishes,
            Err(exception) => return failed(&exception, ""),
        };
        let work = match work(&head, upload, &mut wishes).await {
            Ok(work) => work,
            Err(exception) => return failed(&exception, &wishes.query_id),
        };
        let (answers, receiver) = mpsc::channel(PIECES);
        let Wishes { database, settings, parameters, query_id, .. } = wishes;
        let read_only = head.method == Method::GET;
        match self.entrance.enter(Call { work, database, settings, parameters, read_only, answers }) {
            Ok(()) => respond(receiver, &query_id).await,
            Err(exception) => failed(&exception, &query_id),
        }
    }

    /// `X-ClickHouse-Key`, or the password of `Authorization: Basic`, or `Authorization: Bearer`; any user.
    fn authenticate(&self, headers: &HeaderMap) -> Result<(), Exception> {
        let Some(given) = key(headers) else {
            let message = "This engine belongs to a running Tingjian; it wants its token in X-ClickHouse-Key";
            return Err(Exception::new(code::REQUIRED_PASSWORD, "REQUIRED_PASSWORD", message));
        };
        if bool::from(given.ct_eq(self.token.as_bytes())) {
            return Ok(());
        }
        Err(Exception::new(code::AUTHENTICATION_FAILED, "AUTHENTICATION_FAILED", "Authentication failed: wrong token"))
    }
}

/// Finds out what to run: the statement may stand in the URL, in the body, or in a field of it, and the data of an insert
/// behind it or in the body.
async fn work(head: &Parts, mut upload: Upload, wishes: &mut Wishes) -> Result<Work, Exception> {
    upload.check_announced()?;
    if let Some(boundary) = multipart_boundary(&head.headers) {
        upload.fields(boundary, wishes).await?;
        return query(wishes, wishes.query.clone().unwrap_or_default().into());
    }
    let in_url = Bytes::from(wishes.query.clone().unwrap_or_default());
    let (first, ended) = upload.first().await?;
    if let Shape::Insert(parts) = shape(&in_url) {
        return Ok(insert(&in_url, &parts, upload, vec![first], ended));
    }
    let text = join(&in_url, first);
    if let Shape::Insert(parts) = shape(&text) {
        return Ok(insert(&text, &parts, upload, Vec::new(), ended));
    }
    let rest = if ended { Bytes::new() } else { upload.rest_of_statement().await? };
    query(wishes, [text, rest].concat().into())
}

fn query(wishes: &Wishes, sql: Bytes) -> Result<Work, Exception> {
    match shape(&sql) {
        _ if sql.trim_ascii().is_empty() => Err(Exception::new(code::SYNTAX_ERROR, "SYNTAX_ERROR", "Empty query")),
        Shape::InsertThroughInput => {
            let message = "INSERT … SELECT … FROM input() with data is not supported by the embedded engine; \
                           insert the data itself, or use INSERT … SELECT from a table";
            Err(Exception::new(code::NOT_IMPLEMENTED, "NOT_IMPLEMENTED", message))
        }
        Shape::Insert(parts) => {
            let (pieces, data) = mpsc::channel(2);
            for piece in [Piece::Data(sql.slice_ref(parts.data)), Piece::End] {
                // There is room for both.
                let _ = pieces.try_send(piece);
            }
            Ok(Work::Insert { head: sql.slice_ref(parts.head), format: parts.format.into(), data })
        }
        Shape::Other { .. } => Ok(Work::Query { format: wishes.format.clone(), whole: wishes.whole, sql }),
    }
}

/// An insert whose data stands behind it in `text`, then in `read`, then in the rest of the body.
fn insert(text: &Bytes, parts: &Insert<'_>, upload: Upload, mut read: Vec<Bytes>, ended: bool) -> Work {
    read.insert(0, text.slice_ref(parts.data));
    Work::Insert { head: text.slice_ref(parts.head), format: parts.format.into(), data: upload.pass_on(read, ended) }
}

/// A server, too, joins the two with a line break.
fn join(in_url: &Bytes, body: Bytes) -> Bytes {
    match (in_url.is_empty(), body.is_empty()) {
        (true, _) => body,
        (_, true) => in_url.clone(),
        _ => [in_url, &b"\n"[..], &body].concat().into(),
    }
}

fn key(headers: &HeaderMap) -> Option<Vec<u8>> {
    if let Some(key) = headers.get("X-ClickHouse-Key") {
        return Some(key.as_bytes().to_vec());
    }
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credentials) = value.split_once(' ')?;
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" => Some(credentials.as_bytes().to_vec()),
        "basic" => {
            let decoded = BASE64_STANDARD.decode(credentials).ok()?;
            let colon = decoded.iter().position(|byte| *byte == b':')?;
            decoded.get(colon + 1..).map(<[u8]>::to_vec)
        }
        _ => None,
    }
}
