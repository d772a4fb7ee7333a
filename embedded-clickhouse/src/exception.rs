//! ClickHouse's errors: code, text, and the HTTP status that a ClickHouse server gives them.

use hyper::StatusCode;

use crate::chdb;

/// An error as a ClickHouse client sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// ClickHouse's error number.
    pub code: u32,
    /// `Code: N. DB::Exception: …`, without a line break at its end.
    pub text: String,
}

/// ClickHouse's error numbers that this program raises itself.
pub mod code {
    /// The request is wrong.
    pub const BAD_ARGUMENTS: u32 = 36;
    /// Something that a server could do and the embedded engine cannot.
    pub const NOT_IMPLEMENTED: u32 = 48;
    /// No statement, or more than one.
    pub const SYNTAX_ERROR: u32 = 62;
    /// A statement that writes came by GET.
    pub const READONLY: u32 = 164;
    /// No token.
    pub const REQUIRED_PASSWORD: u32 = 194;
    /// All connections are busy and the queue is full.
    pub const TOO_MANY_SIMULTANEOUS_QUERIES: u32 = 202;
    /// The client sent nothing for too long.
    pub const SOCKET_TIMEOUT: u32 = 209;
    /// The body is too large.
    pub const QUERY_IS_TOO_LARGE: u32 = 229;
    /// The engine is shutting down.
    pub const ABORTED: u32 = 236;
    /// A wrong token.
    pub const AUTHENTICATION_FAILED: u32 = 516;
    /// An error without a number.
    pub const UNKNOWN_EXCEPTION: u32 = 1002;
}

impl Exception {
    /// An error of our own, in ClickHouse's words: `Code: 62. DB::Exception: Empty query. (SYNTAX_ERROR)`.
    pub fn new(code: u32, name: &str, message: impl std::fmt::Display) -> Self {
        Self { code, text: format!("Code: {code}. DB::Exception: {message}. ({name})") }
    }

    /// The HTTP status a ClickHouse server answers with (`exceptionCodeToHTTPStatus.cpp`).
    pub fn status(&self) -> StatusCode {
        match self.code {
            code::REQUIRED_PASSWORD => StatusCode::UNAUTHORIZED,
            192 | 193 | 497 | 512 | code::AUTHENTICATION_FAILED => StatusCode::FORBIDDEN,
            6
            | 8
            | 15
            | 25..=27
            | 36..=38
            | 41
            | 44
            | 53
            | 62
            | 72
            | 117
            | 123
            | 167
            | 168
            | 223
            | 321
            | 376
            | 427
            | 441
            | 675
            | 676 => StatusCode::BAD_REQUEST,
            46 | 47 | 50 | 56 | 60 | 63 | 73 | 78 | 81 | 115 | 152 | 336 | 511 => StatusCode::NOT_FOUND,
            code::NOT_IMPLEMENTED => StatusCode::NOT_IMPLEMENTED,
            159 => StatusCode::REQUEST_TIMEOUT,
            code::QUERY_IS_TOO_LARGE => StatusCode::PAYLOAD_TOO_LARGE,
            381 => StatusCode::LENGTH_REQUIRED,
            779 => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            // A server answers 500 to a full queue; 503 tells every HTTP client that waiting helps.
            76 | 209 | 439 | code::TOO_MANY_SIMULTANEOUS_QUERIES | code::ABORTED => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<chdb::Exception> for Exception {
    fn from(chdb::Exception(text): chdb::Exception) -> Self {
        let text = text.trim_end().to_owned();
        let number = text.strip_prefix("Code: ").and_then(|rest| rest.split('.').next());
        match number.and_then(|number| number.parse().ok()) {
            Some(code) => Self { code, text },
            None => Self::new(code::UNKNOWN_EXCEPTION, "UNKNOWN_EXCEPTION", text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_read_from_the_engines_text() {
        let table = [
            ("Code: 60. DB::Exception: Table default.nope does not exist. (UNKNOWN_TABLE)\n", 60, 404),
            ("Code: 62. DB::Exception: Syntax error", 62, 400),
            ("Code: 241. DB::Exception: (total) memory limit exceeded", 241, 500),
            ("something without a number", 1002, 500),
        ];
        for (text, code, status) in table {
            let exception = Exception::from(chdb::Exception(text.into()));
            assert_eq!((exception.code, exception.status().as_u16()), (code, status), "{text}");
            assert!(exception.text.starts_with(&format!("Code: {code}. DB::Exception: ")), "{}", exception.text);
        }
    }
}
