//! A request body or a file → the raw bytes of each event in it, without reading the events themselves.
//!
//! An event that is broken in itself is still one piece, which [`decode`](crate::decode) refuses alone; only a body
//! whose pieces cannot be told apart is an error.

use std::fmt;

use crate::limits;

mod array;
mod lines;
#[cfg(test)]
mod tests;

/// How a body is laid out, by its content type or a file's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyKind {
    /// One object, an array of objects, or (since it is often sent under that type) one object a line.
    Json,
    /// One object a line.
    Ndjson,
}

impl BodyKind {
    /// The kind of a `Content-Type`, its parameters aside; `None` for what is neither.
    pub fn of_content_type(content_type: &str) -> Option<Self> {
        let essence = content_type.split(';').next().unwrap_or("").trim();
        let is = |name: &&str| essence.eq_ignore_ascii_case(name);
        const NDJSON: [&str; 6] = [
            "application/x-ndjson",
            "application/ndjson",
            "application/jsonl",
            "application/x-jsonlines",
            "application/jsonlines",
            "application/json-lines",
        ];
        if NDJSON.iter().any(is) {
            return Some(Self::Ndjson);
        }
        ["application/json", "text/json"].iter().any(is).then_some(Self::Json)
    }
}

/// One event of a body, unread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// Its number among the events of the body, from 0; blank lines are not counted.
    pub index: usize,
    /// Where in the body its bytes begin.
    pub offset: usize,
    /// Its bytes, without white space around them.
    pub bytes: &'a [u8],
}

impl Piece<'_> {
    /// The line of `body` on which it begins, from 1. Counts through the body: for messages, not for loops.
    pub fn line(&self, body: &[u8]) -> usize {
        memchr::memchr_iter(b'\n', body.get(..self.offset).unwrap_or(body)).count() + 1
    }
}

/// Why a body holds no readable events at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// Nothing but white space, or an array without items.
    #[error("the body holds no events")]
    Empty,
    /// UTF-16, which spreadsheets and Windows programs write as “Unicode”.
    #[error("the body is UTF-16, not UTF-8")]
    Utf16,
    /// Not UTF-8, and so broken that the events in it cannot be told apart.
    #[error("the body is not UTF-8 from byte {at} on")]
    InvalidUtf8 {
        /// The first byte that is not, from 1.
        at: usize,
    },
    /// It does not begin like an object or an array.
    #[error("the body is neither a JSON object nor an array nor one object a line")]
    NotJson,
    /// An array without its end, or with something after it.
    #[error("the array breaks off or goes on wrongly at byte {at}")]
    BrokenArray {
        /// The byte at which that shows, from 1.
        at: usize,
    },
    /// More events than one body may hold.
    #[error("the body holds more than {limit} events")]
    TooMany {
        /// How many it may hold.
        limit: usize,
    },
}

impl BodyError {
    /// One Chinese sentence: what is wrong, what to do.
    pub fn message_zh(&self) -> String {
        match self {
            Self::Empty => "请求里没有任何事件".into(),
            Self::Utf16 => "内容是 UTF-16 编码，请另存为 UTF-8 后重发".into(),
            Self::InvalidUtf8 { at } => {
                format!("内容从第 {at} 字节起不是 UTF-8 编码，常见原因是 GBK/GB18030，请转码后重发")
            }
            Self::NotJson => "内容不是 JSON：应为一个对象 {…}、一个列表 […]，或每行一个对象".into(),
            Self::BrokenArray { at } => format!("JSON 列表在第 {at} 字节处不完整或有多余内容，整个请求都没有接收"),
            Self::TooMany { limit } => format!("一次最多发送 {limit} 条事件，请分批发送"),
        }
    }
}

/// Splits a body into its events, at most [`limits::BODY_ITEMS`] of them.
///
/// # Errors
/// The body holds no events, more than the bound, or they cannot be told apart.
pub fn split_body(kind: BodyKind, body: &[u8]) -> Result<Vec<Piece<'_>>, BodyError> {
    if body.starts_with(b"\xff\xfe") || body.starts_with(b"\xfe\xff") {
        return Err(BodyError::Utf16);
    }
    let start = if body.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let whole = trim(body, start, body.len());
    let pieces = match (kind, whole.bytes.first()) {
        (_, None) => return Err(BodyError::Empty),
        (BodyKind::Json, Some(b'[')) => array::pieces(whole).map_err(|error| or_encoding(error, body))?,
        (BodyKind::Json, Some(b'{')) if !lines::is_one_a_line(whole.bytes) => vec![whole],
        (BodyKind::Json, Some(b'{')) | (BodyKind::Ndjson, Some(_)) => bounded(ndjson(body))?,
        (BodyKind::Json, Some(_)) => return Err(or_encoding(BodyError::NotJson, body)),
    };
    if pieces.is_empty() { Err(BodyError::Empty) } else { Ok(pieces) }
}

/// The lines of an NDJSON body, without bound: for files that are read in parts of any size.
pub fn ndjson(body: &[u8]) -> impl Iterator<Item = Piece<'_>> {
    lines::pieces(body)
}

fn bounded<'a>(pieces: impl Iterator<Item = Piece<'a>>) -> Result<Vec<Piece<'a>>, BodyError> {
    let pieces: Vec<_> = pieces.take(limits::BODY_ITEMS + 1).collect();
    if pieces.len() > limits::BODY_ITEMS {
        return Err(BodyError::TooMany { limit: limits::BODY_ITEMS });
    }
    Ok(pieces)
}

/// The wrong encoding explains a broken body better than what it broke.
fn or_encoding(error: BodyError, body: &[u8]) -> BodyError {
    match (error, std::str::from_utf8(body)) {
        (BodyError::BrokenArray { .. } | BodyError::NotJson, Err(e)) => {
            BodyError::InvalidUtf8 { at: e.valid_up_to() + 1 }
        }
        _ => error,
    }
}

/// The piece from `start` to `end` without JSON's white space around it, as number 0.
fn trim(body: &[u8], start: usize, end: usize) -> Piece<'_> {
    let is_space = |b: &u8| matches!(b, b' ' | b'\t' | b'\r' | b'\n');
    let bytes = body.get(start..end).unwrap_or_default();
    let lead = bytes.iter().take_while(|b| is_space(b)).count();
    let bytes = bytes.get(lead..).unwrap_or_default();
    let tail = bytes.iter().rev().take_while(|b| is_space(b)).count();
    Piece { index: 0, offset: start + lead, bytes: bytes.get(..bytes.len() - tail).unwrap_or_default() }
}

impl fmt::Display for BodyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Json => "JSON",
            Self::Ndjson => "NDJSON",
        })
    }
}
