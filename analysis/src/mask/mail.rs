//! E-mail addresses.

/// Longest part before the `@` (RFC 5321) and longest domain we read: bounds that keep the scan linear.
const LOCAL: usize = 64;
const DOMAIN: usize = 255;

/// Where the address that starts at `at` ends.
pub(super) fn find(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes().get(at..)?;
    let local = bytes.iter().take(LOCAL + 1).take_while(|b| is_local(**b)).count();
    if bytes.get(local) != Some(&b'@') {
        return None;
    }
    let domain = bytes.get(local + 1..)?;
    let long = domain.iter().take(DOMAIN).take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-')).count();
    let domain = domain.get(..long)?;
    let end = domain.iter().rposition(u8::is_ascii_alphanumeric)?;
    let dot = domain.get(..=end)?.iter().rposition(|b| *b == b'.')?;
    let top = end - dot;
    (dot > 0 && top >= 2).then_some(at + local + 1 + end + 1)
}

const fn is_local(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'%' | b'+' | b'-')
}
