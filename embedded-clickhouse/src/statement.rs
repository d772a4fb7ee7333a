//! Reads just enough SQL to serve it over HTTP: where the data of an `INSERT` begins, and which `FORMAT` is asked for.
//!
//! Everything else is left to the engine's parser. This small reader exists because libchdb wants the insert statement,
//! its format and its data apart, and would otherwise end inline data at the first blank line, even inside binary rows.

/// An `INSERT` whose data follows the statement.
#[derive(Debug, PartialEq, Eq)]
pub struct Insert<'a> {
    /// The statement up to, and without, `FORMAT` or `VALUES`.
    pub head: &'a [u8],
    /// Input format.
    pub format: &'a str,
    /// Data that stands in the same text.
    pub data: &'a [u8],
}

/// What a text is, as far as serving it goes.
#[derive(Debug, PartialEq, Eq)]
pub enum Shape<'a> {
    /// `INSERT INTO t … FORMAT X data` or `INSERT INTO t … VALUES data`.
    Insert(Insert<'a>),
    /// An `INSERT … SELECT … FROM input(…) FORMAT X`: data through a select, which libchdb cannot take in pieces.
    InsertThroughInput,
    /// Any other statement, with the format it asks for in its last clause, if any.
    Other {
        /// `FORMAT x` of the statement.
        format: Option<&'a str>,
    },
}

/// One token; `End` is a semicolon, and everything that is neither a word nor punctuation that matters is `Other`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a str),
    Open,
    Close,
    End,
    Other,
}

/// Reads a text that may hold a statement and, after it, arbitrary data.
pub fn shape(text: &[u8]) -> Shape<'_> {
    let mut tokens = Tokens { text, at: 0 };
    match tokens.next() {
        Some((_, Token::Word(word))) if word.eq_ignore_ascii_case("INSERT") => insert(text, tokens),
        _ => Shape::Other { format: trailing_format(text) },
    }
}

/// Whether a text is a plain select, the one kind of statement whose answer the library can stream.
pub fn is_select(text: &[u8]) -> bool {
    match (Tokens { text, at: 0 }).next() {
        Some((_, Token::Word(word))) => is_any(word, &["SELECT", "WITH", "FROM"]),
        Some((_, Token::Open)) => true,
        _ => false,
    }
}

fn insert<'a>(text: &'a [u8], mut tokens: Tokens<'a>) -> Shape<'a> {
    let mut depth = 0_usize;
    let mut selects = false;
    let mut reads_input = false;
    while let Some((start, token)) = tokens.next() {
        match token {
            Token::Open => depth += 1,
            Token::Close => depth = depth.saturating_sub(1),
            Token::Word(word) if word.eq_ignore_ascii_case("INPUT") => reads_input = true,
            Token::Word(word) if depth == 0 && is_any(word, &["SELECT", "WITH", "WATCH"]) => selects = true,
            Token::Word(word) if depth == 0 && !selects && word.eq_ignore_ascii_case("VALUES") => {
                return part(text, start, "Values", tokens.at);
            }
            Token::Word(word) if depth == 0 && !selects && word.eq_ignore_ascii_case("FORMAT") => {
                if let Some((_, Token::Word(format))) = tokens.next() {
                    return part(text, start, format, data_start(text, tokens.at));
                }
            }
            _ => {}
        }
    }
    if selects && reads_input { Shape::InsertThroughInput } else { Shape::Other { format: trailing_format(text) } }
}

fn part<'a>(text: &'a [u8], head_end: usize, format: &'a str, data_start: usize) -> Shape<'a> {
    let head = text.get(..head_end).unwrap_or_default();
    Shape::Insert(Insert { head, format, data: text.get(data_start..).unwrap_or_default() })
}

/// After the format's name: blanks, a `;` perhaps, and one line break do not belong to the data.
fn data_start(text: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(byte) = text.get(at) {
        match byte {
            b'\n' => return at + 1,
            b' ' | b'\t' | b'\r' | b';' => at += 1,
            _ => return at,
        }
    }
    at
}

fn is_any(word: &str, keywords: &[&str]) -> bool {
    keywords.iter().any(|keyword| word.eq_ignore_ascii_case(keyword))
}

/// The format named by a `FORMAT x` clause outside parentheses that ends the statement; `SETTINGS` may follow it.
///
/// A column called `format` (`ORDER BY format LIMIT 1`) has more words behind the next one, and is passed over.
fn trailing_format(text: &[u8]) -> Option<&str> {
    let mut tokens = Tokens { text, at: 0 };
    let (mut depth, mut named, mut found) = (0_usize, false, None);
    while let Some((_, token)) = tokens.next() {
        let after_clause = std::mem::take(&mut named);
        match token {
            Token::Open => depth += 1,
            Token::Close => depth = depth.saturating_sub(1),
            Token::Word(word) if after_clause => {
                found = Some(word);
                continue;
            }
            Token::Word(word) if found.is_some() && word.eq_ignore_ascii_case("SETTINGS") => return found,
            Token::Word(word) if depth == 0 && word.eq_ignore_ascii_case("FORMAT") => named = true,
            Token::End => continue,
            _ => {}
        }
        found = None;
    }
    found
}

struct Tokens<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Tokens<'a> {
    /// The next token with its start; comments and blanks are skipped.
    fn next(&mut self) -> Option<(usize, Token<'a>)> {
        loop {
            let rest = self.text.get(self.at..)?;
            let start = self.at;
            match rest {
                [] => return None,
                [b'-', b'-', ..] | [b'#', b' ' | b'!', ..] => self.skip_past(rest, b"\n", 0),
                [b'/', b'*', ..] => self.skip_past(rest, b"*/", 2),
                [quote @ (b'\'' | b'"' | b'`'), ..] => {
                    self.skip_quoted(*quote);
                    return Some((start, Token::Other));
                }
                [b'(' | b'[' | b'{', ..] => return self.single(start, Token::Open),
                [b')' | b']' | b'}', ..] => return self.single(start, Token::Close),
                [b';', ..] => return self.single(start, Token::End),
                [first, ..] if first.is_ascii_whitespace() => self.at += 1,
                [first, ..] if is_word(*first) => return Some((start, self.word(start))),
                _ => return self.single(start, Token::Other),
            }
        }
    }

    fn single(&mut self, start: usize, token: Token<'a>) -> Option<(usize, Token<'a>)> {
        self.at += 1;
        Some((start, token))
    }

    fn word(&mut self, start: usize) -> Token<'a> {
        let rest = self.text.get(start..).unwrap_or_default();
        let length = rest.iter().position(|byte| !is_word(*byte)).unwrap_or(rest.len());
        self.at = start + length;
        rest.get(..length).and_then(|word| std::str::from_utf8(word).ok()).map_or(Token::Other, Token::Word)
    }

    fn skip_past(&mut self, rest: &[u8], end: &[u8], from: usize) {
        let found = rest.get(from..).and_then(|rest| rest.windows(end.len()).position(|window| window == end));
        self.at += found.map_or(rest.len(), |position| from + position + end.len());
    }

    fn skip_quoted(&mut self, quote: u8) {
        self.at += 1;
        while let Some(byte) = self.text.get(self.at) {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                byte if *byte == quote => return,
                _ => {}
            }
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_insert_is_parted_into_head_format_and_data() {
        type Row = (&'static [u8], &'static [u8], &'static str, &'static [u8]);
        #[rustfmt::skip]
        let table: &[Row] = &[
            (b"INSERT INTO t FORMAT RowBinary\n\n\nx", b"INSERT INTO t ", "RowBinary", b"\n\nx"),
            (b"insert into t(a, b) settings x=1 format CSV", b"insert into t(a, b) settings x=1 ", "CSV", b""),
            (b"INSERT INTO t VALUES (1, 'FORMAT')", b"INSERT INTO t ", "Values", b" (1, 'FORMAT')"),
            (
                b"-- a FORMAT b\nINSERT INTO `format`(`values`) FORMAT TSV \n1",
                b"-- a FORMAT b\nINSERT INTO `format`(`values`) ",
                "TSV",
                b"1",
            ),
            (
                b"/* VALUES */ INSERT INTO t (values, format) FORMAT JSONEachRow {\"a\":1}",
                b"/* VALUES */ INSERT INTO t (values, format) ",
                "JSONEachRow",
                b"{\"a\":1}",
            ),
            (b"INSERT INTO t FORMAT Native\n\xff\xfe' SELECT", b"INSERT INTO t ", "Native", b"\xff\xfe' SELECT"),
        ];
        for (text, head, format, data) in table {
            assert_eq!(shape(text), Shape::Insert(Insert { head, format, data }), "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn other_statements_show_the_format_they_ask_for() {
        #[rustfmt::skip]
        let table: &[(&str, Option<&str>)] = &[
            ("SELECT 1", None),
            ("SELECT 1 FORMAT JSON", Some("JSON")),
            ("select 1 format JSONEachRow;", Some("JSONEachRow")),
            ("SELECT 1 FORMAT CSV SETTINGS max_threads = 1", Some("CSV")),
            ("SELECT format(a, 'FORMAT X') FROM (SELECT 1 AS format)", None),
            ("SELECT ' FORMAT JSON'", None),
            ("SELECT format FROM t", None),
            ("SELECT format name FROM t", None),
            ("SELECT a FROM t ORDER BY format LIMIT 1", None),
            ("SELECT a FROM (SELECT 1 FORMAT JSON) t", None),
            ("INSERT INTO t SELECT 1", None),
            ("INSERT INTO t SELECT * FROM u WHERE format = 'x'", None),
            ("-- FORMAT JSON\nSELECT 1", None),
            ("", None),
        ];
        for (text, format) in table {
            assert_eq!(shape(text.as_bytes()), Shape::Other { format: *format }, "{text}");
        }
    }

    #[test]
    fn an_insert_through_input_is_recognised() {
        let text = b"INSERT INTO t SELECT a FROM input('a UInt8') FORMAT CSV\n1";
        assert_eq!(shape(text), Shape::InsertThroughInput);
    }
}
