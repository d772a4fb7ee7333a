//! A file of SQL → its statements. ClickHouse takes one statement per request.

/// The statements of `sql`, split at the `;` that stand neither in a comment nor between quotes; empty ones are left out.
pub(super) fn split(sql: &str) -> impl Iterator<Item = &str> {
    let mut rest = sql;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let (statement, after) = cut(rest);
            rest = after;
            if !is_blank(statement) {
                return Some(statement.trim());
            }
        }
        None
    })
}

/// The text before the first separating `;` and the text after it.
fn cut(sql: &str) -> (&str, &str) {
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let len = token_len(rest, first);
        if first == ';' {
            let at = sql.len() - rest.len();
            let (before, after) = sql.split_at(at);
            return (before, after.get(len..).unwrap_or_default());
        }
        rest = rest.get(len..).unwrap_or_default();
    }
    (sql, "")
}

/// Length in bytes of the comment, the quoted text or the single character at the start of `rest`.
fn token_len(rest: &str, first: char) -> usize {
    match first {
        '\'' | '"' | '`' => quoted_len(rest, first),
        '-' if rest.starts_with("--") => rest.find('\n').map_or(rest.len(), |at| at + 1),
        '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |at| at + 2),
        other => other.len_utf8(),
    }
}

/// A quote inside is doubled (which reads as two quoted texts side by side) or escaped by a backslash.
fn quoted_len(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// Nothing but white space and comments.
fn is_blank(statement: &str) -> bool {
    let mut rest = statement;
    while let Some(first) = rest.chars().next() {
        let is_comment = rest.starts_with("--") || rest.starts_with("/*");
        if !is_comment && !first.is_whitespace() {
            return false;
        }
        rest = rest.get(token_len(rest, first)..).unwrap_or_default();
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sql: &str, expected: &[&str]) {
        assert_eq!(split(sql).collect::<Vec<_>>(), expected, "{sql:?}");
    }

    #[test]
    fn statements_end_at_semicolons_outside_comments_and_quotes() {
        check("", &[]);
        check(" ; ;\n", &[]);
        check("a", &["a"]);
        check("a;b", &["a", "b"]);
        check("a; -- the end; really\n", &["a"]);
        check("-- first; one\na;", &["-- first; one\na"]);
        check("a /* x; y */ b; c", &["a /* x; y */ b", "c"]);
        check("/* only; a comment */", &[]);
        check("x 'a;b' y; z", &["x 'a;b' y", "z"]);
        check("x 'it''s; so'; z", &["x 'it''s; so'", "z"]);
        check(r"x 'it\'s; so'; z", &[r"x 'it\'s; so'", "z"]);
        check("x `a;b`; y \"c;d\"", &["x `a;b`", "y \"c;d\""]);
        check("x '→; 中文'; y", &["x '→; 中文'", "y"]);
        check("a 'never closed; b", &["a 'never closed; b"]);
        check("a - b; c / d", &["a - b", "c / d"]);
    }
}
