//! Takes in request bodies: bounded in size, in time between pieces, and in what is held in memory.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body, Incoming};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::call::Piece;
use crate::exception::{Exception, code};
use crate::request::Wishes;

/// Longest silence in the middle of a body.
pub const BODY_SILENCE: Duration = Duration::from_secs(30);

/// What is read of a body before a connection of the engine is taken for it: small inserts arrive complete, and a slow
/// client holds nobody up with its first bytes.
const FIRST_BYTES: usize = 1 << 20;

/// Longest SQL text (an insert's data does not count).
pub const STATEMENT_BYTES: usize = 16 << 20;

/// Pieces of an insert between the network and the engine.
const PIECES: usize = 8;

/// What is read, and thrown away, of a refused request's body. A server that closes with bytes unread makes the client's
/// system throw away the answer, so most clients would never learn why they were refused.
const DISCARDED_BYTES: usize = 64 << 20;

/// A body that is being read.
pub struct Upload {
    /// Taken out only when the rest is thrown away.
    body: Option<Incoming>,
    left: usize,
    limit: usize,
}

impl Upload {
    /// Begins to read a body of at most `limit` bytes.
    pub fn new(body: Incoming, limit: usize) -> Self {
        Self { body: Some(body), left: limit, limit }
    }

    /// Refuses a body that is announced to be too long.
    ///
    /// # Errors
    /// `QUERY_IS_TOO_LARGE`.
    pub fn check_announced(&self) -> Result<(), Exception> {
        if self.body.as_ref().is_some_and(|body| body.size_hint().lower() > self.limit as u64) {
            Err(too_large(self.limit))
        } else {
            Ok(())
        }
    }

    /// The next piece; `None` at the end.
    async fn next(&mut self) -> Result<Option<Bytes>, Exception> {
        loop {
            let Some(body) = &mut self.body else { return Ok(None) };
            let Ok(frame) = timeout(BODY_SILENCE, body.frame()).await else {
                let message = format!("No data for {} seconds in the middle of a request", BODY_SILENCE.as_secs());
                return Err(Exception::new(code::SOCKET_TIMEOUT, "SOCKET_TIMEOUT", message));
            };
            match frame {
                None => return Ok(None),
                Some(Err(_)) => {
                    let message = "The client closed the connection in the middle of a request";
                    return Err(Exception::new(code::ABORTED, "ABORTED", message));
                }
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        self.left = self.left.checked_sub(data.len()).ok_or_else(|| too_large(self.limit))?;
                        return Ok(Some(data));
                    }
                }
            }
        }
    }

    /// Reads until at least `bytes` are there. The flag says whether the body has ended.
    async fn read(&mut self, bytes: usize) -> Result<(Bytes, bool), Exception> {
        let mut read = BytesMut::new();
        while read.len() < bytes {
            match self.next().await? {
                Some(piece) => read.extend_from_slice(&piece),
                None => return Ok((read.freeze(), true)),
            }
        }
        Ok((read.freeze(), false))
    }

    /// Reads the beginning of the body: all of it if it is short.
    ///
    /// # Errors
    /// A body that breaks off, stays silent, or is too large.
    pub async fn first(&mut self) -> Result<(Bytes, bool), Exception> {
        self.read(FIRST_BYTES).await
    }

    /// Reads the rest of a long SQL text.
    ///
    /// # Errors
    /// As [`Upload::first`], or the text is longer than [`STATEMENT_BYTES`].
    pub async fn rest_of_statement(&mut self) -> Result<Bytes, Exception> {
        match self.read(STATEMENT_BYTES).await? {
            (text, true) => Ok(text),
            (_, false) => Err(too_large(STATEMENT_BYTES)),
        }
    }

    /// Passes data on, first what has been read already, then the rest as it arrives.
    pub fn pass_on(mut self, read: Vec<Bytes>, ended: bool) -> mpsc::Receiver<Piece> {
        let (pieces, data) = mpsc::channel(PIECES);
        tokio::spawn(async move {
            for bytes in read.into_iter().filter(|bytes| !bytes.is_empty()) {
                // A closed channel means that the insert has failed. Many clients read its answer only after they have
                // sent everything, so the rest is read, within the same bounds, and thrown away.
                let _ = pieces.send(Piece::Data(bytes)).await;
            }
            let mut ended = ended;
            while !ended {
                let piece = match self.next().await {
                    Ok(Some(bytes)) => Piece::Data(bytes),
                    Ok(None) => break,
                    Err(exception) => Piece::Broken(exception),
                };
                ended = matches!(piece, Piece::Broken(_));
                let _ = pieces.send(piece).await;
            }
            let _ = pieces.send(Piece::End).await;
        });
        data
    }

    /// Reads a `multipart/form-data` body into `wishes`.
    ///
    /// # Errors
    /// As [`Upload::first`]; a malformed body; a field that is not supported.
    pub async fn fields(&mut self, boundary: String, wishes: &mut Wishes) -> Result<(), Exception> {
        let Some(body) = &mut self.body else { return Ok(()) };
        let limit = self.limit.min(STATEMENT_BYTES) as u64;
        let constraints = multer::Constraints::new().size_limit(multer::SizeLimit::new().whole_stream(limit));
        let stream = http_body_util::BodyDataStream::new(body);
        let mut fields = multer::Multipart::with_constraints(stream, boundary, constraints);
        let wrong = |error: multer::Error| match error {
            multer::Error::StreamSizeExceeded { .. } => too_large(limit as usize),
            error => Exception::new(code::BAD_ARGUMENTS, "BAD_ARGUMENTS", format!("Bad multipart body: {error}")),
        };
        let silence = |_| {
            Exception::new(code::SOCKET_TIMEOUT, "SOCKET_TIMEOUT", "No data for too long in the middle of a request")
        };
        while let Some(field) = timeout(BODY_SILENCE, fields.next_field()).await.map_err(silence)?.map_err(wrong)? {
            let name = field.name().unwrap_or_default().to_owned();
            let value = timeout(BODY_SILENCE, field.bytes()).await.map_err(silence)?.map_err(wrong)?;
            let value = String::from_utf8(value.into())
                .map_err(|_| Exception::new(code::BAD_ARGUMENTS, "BAD_ARGUMENTS", format!("'{name}' is not UTF-8")))?;
            wishes.take_field(&name, value)?;
        }
        Ok(())
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        let unread = self.body.take().filter(|body| !body.is_end_stream());
        if let (Some(body), Ok(runtime)) = (unread, Handle::try_current()) {
            let mut body = Limited::new(body, DISCARDED_BYTES);
            runtime.spawn(async move { while let Ok(Some(Ok(_))) = timeout(BODY_SILENCE, body.frame()).await {} });
        }
    }
}

fn too_large(limit: usize) -> Exception {
    let message = format!("The request is larger than {limit} bytes");
    Exception::new(code::QUERY_IS_TOO_LARGE, "QUERY_IS_TOO_LARGE", message)
}
