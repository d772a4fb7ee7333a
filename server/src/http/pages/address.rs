//! Addresses of pages: a path and encoded pairs.

/// `path` with the pairs that say something.
pub fn address<'a>(path: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let given = pairs.into_iter().filter(|(_, value)| !value.is_empty());
    let encoded: Vec<_> = given.map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    if encoded.is_empty() { path.to_owned() } else { format!("{path}?{}", encoded.join("&")) }
}

/// Percent-encodes everything but unreserved characters.
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_encoded_and_empty_ones_left_out() {
        assert_eq!(address("/search", [("q", "a b&c"), ("kind", "")]), "/search?q=a%20b%26c");
        assert_eq!(address("/search", []), "/search");
        assert_eq!(encode("承"), "%E6%89%BF");
    }
}
