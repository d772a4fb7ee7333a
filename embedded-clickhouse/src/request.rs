//! Reads a request of ClickHouse's HTTP interface: URL parameters, headers, multipart fields.

use hyper::HeaderMap;
use hyper::header::CONTENT_TYPE;
use hyper::http::request::Parts;

use crate::exception::{Exception, code};

/// What the URL and the headers of a request say.
#[derive(Debug, Default)]
pub struct Wishes {
    /// `query=`.
    pub query: Option<String>,
    /// `database=` or `X-ClickHouse-Database`; `default` if neither is there.
    pub database: String,
    /// `default_format=` or `X-ClickHouse-Format`; `TabSeparated` if neither is there.
    pub format: String,
    /// `query_id=`, or one made up.
    pub query_id: String,
    /// `wait_end_of_query=1`.
    pub whole: bool,
    /// `param_x=`, without the prefix.
    pub parameters: Vec<(String, String)>,
    /// Everything else that ClickHouse would take for a setting.
    pub settings: Vec<(String, String)>,
}

/// Parameters that mean something to a server's HTTP handler and nothing to one engine behind a token.
const IGNORED: &[&str] = &[
    "user",
    "password",
    "quota_key",
    "session_id",
    "session_timeout",
    "session_check",
    "close_session",
    "buffer_size",
];

impl Wishes {
    /// Reads URL and headers.
    ///
    /// # Errors
    /// A parameter that this engine cannot honour, or that is no setting's name.
    pub fn read(head: &Parts) -> Result<Self, Exception> {
        let mut wishes = Self { query_id: random_id(), ..Self::default() };
        let url = head.uri.query().unwrap_or_default();
        for (name, value) in form_urlencoded::parse(url.as_bytes()) {
            wishes.take(&name, value.into_owned())?;
        }
        let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok()).map(String::from);
        if wishes.database.is_empty() {
            wishes.database = header("X-ClickHouse-Database").unwrap_or_else(|| "default".into());
        }
        // A server lets the header win over the URL.
        if let Some(format) = header("X-ClickHouse-Format") {
            wishes.format = format;
        } else if wishes.format.is_empty() {
            wishes.format = "TabSeparated".into();
        }
        Ok(wishes)
    }

    fn take(&mut self, name: &str, value: String) -> Result<(), Exception> {
        match name {
            "query" => self.query = Some(value),
            "database" => self.database = value,
            "default_format" => self.format = value,
            "query_id" if value.is_empty() => {}
            "query_id" => self.query_id = value,
            "wait_end_of_query" => self.whole = is_on(&value),
            "compress" | "decompress" if is_on(&value) => return Err(no_compression(name)),
            "compress" | "decompress" => {}
            "role" => return Err(not_implemented("The embedded engine has no roles")),
            name if IGNORED.contains(&name) => {}
            name => match name.strip_prefix("param_") {
                Some(parameter) => self.parameters.push((parameter.into(), value)),
                None if is_setting_name(name) => self.settings.push((name.into(), value)),
                None => return Err(bad_arguments(format!("'{name}' is not the name of a setting"))),
            },
        }
        Ok(())
    }

    /// Takes one field of a multipart body.
    ///
    /// # Errors
    /// A field that is neither `query` nor a parameter: on a server those are external tables.
    pub fn take_field(&mut self, name: &str, value: String) -> Result<(), Exception> {
        match (name, name.strip_prefix("param_")) {
            ("query", _) => self.query = Some(value),
            (_, Some(parameter)) => self.parameters.push((parameter.into(), value)),
            _ => return Err(not_implemented(format!("External tables are not supported (multipart field '{name}')"))),
        }
        Ok(())
    }
}

/// The boundary of a `multipart/form-data` body.
pub fn multipart_boundary(headers: &HeaderMap) -> Option<String> {
    let content_type = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    multer::parse_boundary(content_type).ok()
}

fn is_on(value: &str) -> bool {
    !matches!(value, "" | "0" | "false")
}

fn is_setting_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn no_compression(name: &str) -> Exception {
    let message = format!(
        "'{name}=1' (ClickHouse's compressed blocks) is not supported: it would only cost time on a loopback \
         connection. Use Compression::None in the clickhouse crate"
    );
    not_implemented(message)
}

fn not_implemented(message: impl std::fmt::Display) -> Exception {
    Exception::new(code::NOT_IMPLEMENTED, "NOT_IMPLEMENTED", message)
}

fn bad_arguments(message: impl std::fmt::Display) -> Exception {
    Exception::new(code::BAD_ARGUMENTS, "BAD_ARGUMENTS", message)
}

/// 128 random bits in hexadecimal, in the shape of a UUID.
pub fn random_id() -> String {
    let bits = random_bits();
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        bits >> 96,
        (bits >> 80) & 0xffff,
        (bits >> 64) & 0xffff,
        (bits >> 48) & 0xffff,
        bits & 0xffff_ffff_ffff
    )
}

/// 128 random bits; without randomness from the system, the time: these ids are for reading logs.
pub fn random_bits() -> u128 {
    let mut bytes = [0_u8; 16];
    match getrandom::fill(&mut bytes) {
        Ok(()) => u128::from_ne_bytes(bytes),
        Err(_) => std::time::UNIX_EPOCH.elapsed().map_or(0, |elapsed| elapsed.as_nanos()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> Result<Wishes, Exception> {
        let (head, ()) = hyper::Request::builder().uri(url).body(()).expect("a request").into_parts();
        Wishes::read(&head)
    }

    #[test]
    fn parameters_settings_and_reserved_names_are_told_apart() {
        let wishes = read(
            "/?query=SELECT+1&database=d&default_format=JSON&param_x=%E4%BB%B6&max_threads=1&user=u&query_id=q\
             &wait_end_of_query=1&session_id=s&compress=0",
        )
        .expect("a good request");
        assert_eq!(wishes.query.as_deref(), Some("SELECT 1"));
        assert_eq!((wishes.database.as_str(), wishes.format.as_str()), ("d", "JSON"));
        assert_eq!((wishes.query_id.as_str(), wishes.whole), ("q", true));
        assert_eq!(wishes.parameters, [("x".to_owned(), "件".to_owned())]);
        assert_eq!(wishes.settings, [("max_threads".to_owned(), "1".to_owned())]);
    }

    #[test]
    fn defaults_are_those_of_a_server() {
        let wishes = read("/").expect("a good request");
        assert_eq!((wishes.query, wishes.whole), (None, false));
        assert_eq!((wishes.database.as_str(), wishes.format.as_str()), ("default", "TabSeparated"));
        assert_eq!(wishes.query_id.len(), 36);
    }

    #[test]
    fn what_cannot_be_honoured_is_refused() {
        for (url, code) in [("/?decompress=1", 48), ("/?role=a", 48), ("/?max%20threads=1", 36), ("/?a%3D1,b=2", 36)] {
            assert_eq!(read(url).map(|_| ()).map_err(|exception| exception.code), Err(code), "{url}");
        }
    }
}
