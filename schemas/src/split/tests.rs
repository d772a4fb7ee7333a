use super::{
    BodyError::{BrokenArray, Empty, InvalidUtf8, NotJson, TooMany, Utf16},
    BodyKind::{self, Json, Ndjson},
    ndjson, split_body,
};
use crate::limits::BODY_ITEMS;

/// `body` is these pieces, and each stands where it says.
fn check(kind: BodyKind, body: &[u8], pieces: &[&str]) {
    let shown = String::from_utf8_lossy(body);
    let split = split_body(kind, body).unwrap_or_else(|e| panic!("{kind} {shown}: {e}"));
    let found: Vec<_> = split.iter().map(|p| String::from_utf8_lossy(p.bytes)).collect();
    assert_eq!(found, pieces, "{kind} {shown}");
    for (index, piece) in split.iter().enumerate() {
        assert_eq!(piece.index, index, "{kind} {shown}");
        assert_eq!(&body[piece.offset..piece.offset + piece.bytes.len()], piece.bytes, "{kind} {shown}");
    }
}

fn check_error(kind: BodyKind, body: &[u8], error: super::BodyError) {
    assert_eq!(split_body(kind, body), Err(error), "{}", String::from_utf8_lossy(body));
    assert!(!error.message_zh().is_empty() && !error.to_string().is_empty());
}

#[test]
fn one_object() {
    check(Json, b"{}", &["{}"]);
    check(Json, b" \r\n{\"a\":1}\n", &["{\"a\":1}"]);
    check(Json, b"\xef\xbb\xbf{\"a\":1}", &["{\"a\":1}"]);
    check(Json, b"{\n  \"a\": {\n    \"b\": \"}\\n\"\n  }\n}\n", &["{\n  \"a\": {\n    \"b\": \"}\\n\"\n  }\n}"]);
    // Broken ones stay one piece, which is refused as one.
    check(Json, b"{\n  \"a\": 1,,\n  \"b\": 2\n", &["{\n  \"a\": 1,,\n  \"b\": 2"]);
    check(Json, b"{\"a\":1", &["{\"a\":1"]);
    check(Json, b"{\"a\":1} {\"a\":2}", &["{\"a\":1} {\"a\":2}"]);
}

#[test]
fn an_array() {
    check(Json, b"[{\"a\":1},{\"a\":2}]", &["{\"a\":1}", "{\"a\":2}"]);
    check(
        Json,
        b"\xef\xbb\xbf [ {\"a\":[1,2]} ,\n {\"b\":{\"c\":[{}]}} ]\r\n",
        &["{\"a\":[1,2]}", "{\"b\":{\"c\":[{}]}}"],
    );
    check(Json, br#"[{"t":"],[{\"\\"},{"t":"\\\\"}]"#, &[r#"{"t":"],[{\"\\"}"#, r#"{"t":"\\\\"}"#]);
    check(Json, b"[1,\"x\",null,[2,3]]", &["1", "\"x\"", "null", "[2,3]"]);
    // What is wrong within one item leaves the others alone.
    check(Json, b"[{},{\"a\" 1},{}]", &["{}", "{\"a\" 1}", "{}"]);
    check(Json, b"[{},,{}]", &["{}", "", "{}"]);
    check(Json, b"[{},]", &["{}", ""]);
    check(Json, b"[{}},{}]", &["{}}", "{}"]);
    check(Json, b"[{\"t\":\"\xc4\xe3\"},{}]", &["{\"t\":\"\u{fffd}\u{fffd}\"}", "{}"]);
}

#[test]
fn one_a_line() {
    let body = b"{\"a\":1}\r\n\r\n  \t\n{\"a\" 2}\nno json\n{\"a\":3}";
    check(Ndjson, body, &["{\"a\":1}", "{\"a\" 2}", "no json", "{\"a\":3}"]);
    check(Json, body, &["{\"a\":1}", "{\"a\" 2}", "no json", "{\"a\":3}"]);
    check(Ndjson, b"\xef\xbb\xbf{}\n", &["{}"]);
    check(Ndjson, b"[{},{}]\n{}", &["[{},{}]", "{}"]);
    check(Ndjson, b"{\"t\":\"\xc4\xe3\"}\n{}", &["{\"t\":\"\u{fffd}\u{fffd}\"}", "{}"]);
    let lines: Vec<_> = ndjson(body).map(|piece| piece.line(body)).collect();
    assert_eq!(lines, [1, 4, 5, 6]);
}

#[test]
fn what_cannot_be_told_apart() {
    for kind in [Json, Ndjson] {
        for blank in [&b""[..], b" \r\n\t", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n\n"] {
            check_error(kind, blank, Empty);
        }
        check_error(kind, b"\xff\xfe{\0}\0", Utf16);
        check_error(kind, b"\xfe\xff\0{\0}", Utf16);
    }
    check_error(Json, b"[]", Empty);
    check_error(Json, b" [ \n ] ", Empty);
    check_error(Json, b"event_id,text\n1,x", NotJson);
    check_error(Json, b"\"x\"", NotJson);
    check_error(Json, b"\xb4\xe6", InvalidUtf8 { at: 1 });
    check_error(Json, b"[", BrokenArray { at: 1 });
    check_error(Json, b"[{},{\"a\":\"x", BrokenArray { at: 11 });
    check_error(Json, b"[{},{}", BrokenArray { at: 6 });
    check_error(Json, b" [{}] x", BrokenArray { at: 6 });
    check_error(Json, b"[{}][{}]", BrokenArray { at: 5 });
    check_error(Json, b"[{\"a\":\"\\", BrokenArray { at: 8 });
    // The second byte of a GB18030 character may look like a backslash, and so hide the end of a string.
    check_error(Json, b"[{\"a\":\"\x87\x5c\"}]", InvalidUtf8 { at: 8 });
}

#[test]
fn the_number_of_events_is_bounded() {
    let lines = |n: usize| "{}\n".repeat(n).into_bytes();
    let array = |n: usize| format!("[{}{{}}]", "{},".repeat(n - 1)).into_bytes();
    assert_eq!(split_body(Ndjson, &lines(BODY_ITEMS)).map(|p| p.len()), Ok(BODY_ITEMS));
    assert_eq!(split_body(Json, &array(BODY_ITEMS)).map(|p| p.len()), Ok(BODY_ITEMS));
    check_error(Ndjson, &lines(BODY_ITEMS + 1), TooMany { limit: BODY_ITEMS });
    check_error(Json, &lines(BODY_ITEMS + 1), TooMany { limit: BODY_ITEMS });
    check_error(Json, &array(BODY_ITEMS + 1), TooMany { limit: BODY_ITEMS });
    assert_eq!(ndjson(&lines(BODY_ITEMS + 1)).count(), BODY_ITEMS + 1);
}

#[test]
fn brackets_without_end_take_no_memory() {
    let deep = [b"[".repeat(3_000_000), b"]".repeat(3_000_000)].concat();
    assert_eq!(split_body(Json, &deep).map(|p| p.len()), Ok(1));
}

#[test]
fn content_types() {
    for (content_type, kind) in [
        ("application/json", Some(Json)),
        ("Application/JSON; charset=utf-8", Some(Json)),
        ("text/json", Some(Json)),
        ("application/x-ndjson", Some(Ndjson)),
        ("application/jsonl ; charset=UTF-8", Some(Ndjson)),
        ("text/csv", None),
        ("application/jsonp", None),
        ("", None),
    ] {
        assert_eq!(BodyKind::of_content_type(content_type), kind, "{content_type}");
    }
}
