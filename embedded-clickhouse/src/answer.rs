//! Turns answers of the engine into HTTP responses.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, combinators::UnsyncBoxBody};
use hyper::body::{Body, Frame};
use hyper::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use hyper::{Response, StatusCode};
use tokio::sync::mpsc;
use tokio::time::Sleep;

use crate::call::Answer;
use crate::chdb::Counters;
use crate::exception::{Exception, code};
use crate::format::content_type;
use crate::request::random_bits;

/// Seconds after which a request that found all connections busy may come again.
const RETRY_AFTER_SECONDS: &str = "1";

/// Time for the error at the end of a broken answer to leave before the connection is closed: closing throws away what
/// has not been written yet.
const FLUSH_TIME: Duration = Duration::from_millis(250);

/// Body of every response.
pub type AnswerBody = UnsyncBoxBody<Bytes, BrokenOff>;

/// The select behind a long answer failed; the connection is closed so that no client takes the rest for complete.
#[derive(Debug, thiserror::Error)]
#[error("the statement failed after part of its answer was sent")]
pub struct BrokenOff;

/// A short text, such as `Ok.`.
pub fn plain(status: StatusCode, text: &'static str) -> Response<AnswerBody> {
    let mut response = Response::new(full(Bytes::from_static(text.as_bytes())));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=UTF-8"));
    response
}

/// An error as a ClickHouse server sends it.
pub fn failed(exception: &Exception, query_id: &str) -> Response<AnswerBody> {
    let mut response = Response::new(full(Bytes::from(format!("{}\n", exception.text))));
    *response.status_mut() = exception.status();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=UTF-8"));
    headers.insert("X-ClickHouse-Exception-Code", HeaderValue::from(exception.code));
    if matches!(exception.code, code::TOO_MANY_SIMULTANEOUS_QUERIES | code::ABORTED) {
        headers.insert(RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_SECONDS));
    }
    identify(&mut response, query_id);
    response
}

/// Waits for the engine's answer, and if it is a long one, for its beginning.
pub async fn respond(mut answers: mpsc::Receiver<Answer>, query_id: &str) -> Response<AnswerBody> {
    match answers.recv().await {
        Some(Answer::Done { bytes, format, counters }) => {
            let mut response = Response::new(full(bytes));
            describe(&mut response, &format, query_id);
            response.headers_mut().insert("X-ClickHouse-Summary", summary(&counters));
            response
        }
        Some(Answer::Begun { format }) => {
            let tag = format!("{:016x}", random_bits() as u64);
            let tag_header = HeaderValue::from_str(&tag);
            let mut response = Response::new(LongAnswer { answers, tag, breaking: None }.boxed_unsync());
            describe(&mut response, &format, query_id);
            if let Ok(tag) = tag_header {
                response.headers_mut().insert("X-ClickHouse-Exception-Tag", tag);
            }
            response
        }
        Some(Answer::Failed(exception)) => failed(&exception, query_id),
        Some(Answer::Piece(_) | Answer::Broken(_) | Answer::End) | None => {
            let message = "The connection to the engine was lost";
            failed(&Exception::new(code::UNKNOWN_EXCEPTION, "UNKNOWN_EXCEPTION", message), query_id)
        }
    }
}

fn full(bytes: Bytes) -> AnswerBody {
    Full::new(bytes).map_err(|never| match never {}).boxed_unsync()
}

fn describe(response: &mut Response<AnswerBody>, format: &str, query_id: &str) {
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type(format)));
    headers.insert("X-ClickHouse-Timezone", HeaderValue::from_static("UTC"));
    if let Ok(format) = HeaderValue::from_str(format) {
        headers.insert("X-ClickHouse-Format", format);
    }
    identify(response, query_id);
}

fn identify(response: &mut Response<AnswerBody>, query_id: &str) {
    if query_id.is_empty() {
        return;
    }
    if let Ok(query_id) = HeaderValue::from_str(query_id) {
        response.headers_mut().insert("X-ClickHouse-Query-Id", query_id);
    }
}

/// Every number is a string, as a server writes them.
fn summary(counters: &Counters) -> HeaderValue {
    let text = format!(
        r#"{{"read_rows":"{}","read_bytes":"{}","written_rows":"{}","written_bytes":"{}","result_rows":"{}","result_bytes":"{}"}}"#,
        counters.read_rows,
        counters.read_bytes,
        counters.written_rows,
        counters.written_bytes,
        counters.result_rows,
        counters.result_bytes
    );
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("{}"))
}

/// The pieces of a long answer. Dropping it (the client went away) cancels the select.
struct LongAnswer {
    answers: mpsc::Receiver<Answer>,
    tag: String,
    /// Set once the error has been written: then the connection is about to be closed.
    breaking: Option<Pin<Box<Sleep>>>,
}

impl Body for LongAnswer {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        if let Some(flushed) = &mut self.breaking {
            return flushed.as_mut().poll(context).map(|()| Some(Err(BrokenOff)));
        }
        self.answers.poll_recv(context).map(|answer| match answer {
            Some(Answer::Piece(bytes)) => Some(Ok(Frame::data(bytes))),
            Some(Answer::End) => None,
            Some(Answer::Broken(exception)) => {
                self.breaking = Some(Box::pin(tokio::time::sleep(FLUSH_TIME)));
                Some(Ok(Frame::data(tagged(&exception, &self.tag))))
            }
            Some(Answer::Done { .. } | Answer::Begun { .. } | Answer::Failed(_)) | None => Some(Err(BrokenOff)),
        })
    }
}

/// An error inside a body, as servers write it since 25.11: marked with the tag announced in a header, and with its
/// length after it, so that a client finds it from the end.
fn tagged(exception: &Exception, tag: &str) -> Bytes {
    let message = format!("{}\n", exception.text);
    let length = message.len();
    Bytes::from(format!("\r\n__exception__\r\n{tag}\r\n{message}{length} {tag}\r\n__exception__\r\n"))
}
