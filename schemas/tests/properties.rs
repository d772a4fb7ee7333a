//! What holds for any bytes, any event and any positions.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use std::sync::Arc;

use proptest::{collection::vec, prelude::*, sample::Index};
use serde_json::{Value, json};
use tingjian_schemas::{BodyKind, Event, Partition, Position, Positions, Rejection, Stream, decode, split_body};

const EXAMPLES: [&str; 11] = [
    include_str!("../examples/complaints.json"),
    include_str!("../examples/commendations.json"),
    include_str!("../examples/call-notes.json"),
    include_str!("../examples/promises.json"),
    include_str!("../examples/deliveries.json"),
    include_str!("../examples/case-events.json"),
    include_str!("../examples/department-requests.json"),
    include_str!("../examples/department-replies.json"),
    include_str!("../examples/judgements.json"),
    include_str!("../examples/appeals.json"),
    include_str!("../examples/corrections.json"),
];

fn example() -> impl Strategy<Value = (Stream, Value)> {
    (0..Stream::ALL.len(), any::<Index>()).prop_map(|(stream, pick)| {
        let events: Vec<Value> = serde_json::from_str(EXAMPLES[stream]).expect("examples");
        (Stream::ALL[stream], pick.get(&events).clone())
    })
}

fn any_stream() -> impl Strategy<Value = Stream> {
    any::<Index>().prop_map(|pick| *pick.get(&Stream::ALL))
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e9..1e9).prop_map(|n: f64| json!(n)),
        any::<String>().prop_map(Value::from),
        "[a-z0-9 一-龥]{0,70}".prop_map(Value::from),
        (946_684_800..4_102_444_799_i64)
            .prop_map(|s| json!(jiff::Timestamp::from_second(s).expect("in range").to_string())),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            vec(("[a-z_]{1,8}", inner), 0..6).prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// An answer that can be relied on: a refusal in words, or an event that is sent as it is read.
fn check(stream: Stream, result: Result<Event, Rejection>) -> Result<(), TestCaseError> {
    match result {
        Err(rejection) => {
            prop_assert!(!rejection.message_zh().is_empty() && !rejection.to_string().is_empty());
            prop_assert!(rejection.event_id.is_none_or(|id| !id.is_empty() && id.len() <= 64));
            prop_assert!(rejection.field.is_none_or(|field| field.len() < 8 * 300));
        }
        Ok(event) => {
            prop_assert!(!event.partition_key().is_empty());
            let sent = serde_json::to_vec(&event).expect("serialise");
            prop_assert_eq!(decode(stream, &sent), Ok(event));
        }
    }
    Ok(())
}

/// The fields of an event, known and unknown, that a mutation may set.
const FIELDS: [&str; 16] = [
    "event_id",
    "occurred_at",
    "text",
    "praised",
    "transfers",
    "lane",
    "customer",
    "due_at",
    "promised_min",
    "made_at",
    "case_id",
    "order_id",
    "kind",
    "causes",
    "ivr_path",
    "unknown",
];

proptest! {
    #[test]
    fn no_bytes_upset_decoding(stream in any_stream(), bytes in vec(any::<u8>(), 0..300)) {
        check(stream, decode(stream, &bytes))?;
    }

    #[test]
    fn no_json_upsets_decoding(stream in any_stream(), value in any_value()) {
        check(stream, decode(stream, value.to_string().as_bytes()))?;
    }

    #[test]
    fn no_change_of_a_field_upsets_decoding((stream, event) in example(), pick in any::<Index>(), value in any_value()) {
        let mut event = event;
        event[*pick.get(&FIELDS)] = value;
        check(stream, decode(stream, event.to_string().as_bytes()))?;
    }

    #[test]
    fn no_change_of_bytes_upsets_decoding(
        (stream, event) in example(),
        changes in vec((any::<Index>(), any::<u8>(), 0..4_u8), 1..4),
    ) {
        let mut bytes = event.to_string().into_bytes();
        for (at, byte, how) in changes {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 if bytes.len() > 1 => { bytes.remove(at); }
                _ => bytes.truncate(at.max(1)),
            }
        }
        check(stream, decode(stream, &bytes))?;
    }

    #[test]
    fn the_order_of_fields_means_nothing((stream, event) in example(), seed in vec(any::<u64>(), 40)) {
        let mut fields: Vec<_> = event.as_object().expect("object").iter().zip(seed).collect();
        fields.sort_by_key(|(_, seed)| *seed);
        let fields: Vec<_> = fields.iter().map(|((key, value), _)| format!("{}:{value}", json!(key))).collect();
        let shuffled = format!("{{{}}}", fields.join(" ,\n"));
        prop_assert_eq!(decode(stream, shuffled.as_bytes()), decode(stream, event.to_string().as_bytes()));
    }

    #[test]
    fn pieces_lie_in_the_body_in_order(
        body in prop_oneof![vec(any::<u8>(), 0..200), "[\\[\\]{},\": \\\\\na]{0,200}".prop_map(String::into_bytes)],
    ) {
        for kind in [BodyKind::Json, BodyKind::Ndjson] {
            let mut end = 0;
            for (index, piece) in split_body(kind, &body).unwrap_or_default().into_iter().enumerate() {
                prop_assert_eq!(piece.index, index);
                prop_assert!(piece.offset >= end);
                end = piece.offset + piece.bytes.len();
                prop_assert_eq!(body.get(piece.offset..end), Some(piece.bytes));
                prop_assert!(piece.line(&body) >= 1);
            }
        }
    }

    #[test]
    fn values_come_out_of_a_body_as_they_went_in(values in vec(any_value(), 1..8), gap in "[ \t\r]{0,3}") {
        let values: Vec<String> = values.iter().map(Value::to_string).collect();
        let array = format!("[{gap}{}{gap}]", values.join(&format!("{gap},{gap}")));
        let lines = values.join(&format!("{gap}\n{gap}\n"));
        for (kind, body) in [(BodyKind::Json, array), (BodyKind::Ndjson, lines)] {
            let pieces = split_body(kind, body.as_bytes()).expect("readable");
            let found: Vec<_> = pieces.iter().map(|p| std::str::from_utf8(p.bytes).expect("UTF-8")).collect();
            prop_assert_eq!(found, values.clone());
        }
    }
}

fn any_positions() -> impl Strategy<Value = Positions> {
    vec((0..3_u32, 0..2_u32, 0..6_u64), 0..6)
        .prop_map(|held| held.into_iter().map(|(source, number, next)| (partition(source, number), next)).collect())
}

fn partition(source: u32, number: u32) -> Partition {
    Partition { source: Arc::from(format!("tingjian.{source}")), number }
}

fn all_partitions() -> impl Iterator<Item = Partition> {
    (0..4).flat_map(|source| (0..3).map(move |number| partition(source, number)))
}

fn advanced(a: &Positions, b: &Positions) -> Positions {
    let mut sum = a.clone();
    sum.advance_all(b);
    sum
}

proptest! {
    #[test]
    fn positions_only_move_forward(a in any_positions(), b in any_positions(), c in any_positions()) {
        let both = advanced(&a, &b);
        prop_assert_eq!(&both, &advanced(&b, &a));
        prop_assert_eq!(&advanced(&both, &b), &both);
        prop_assert_eq!(advanced(&both, &c), advanced(&a, &advanced(&b, &c)));
        for partition in all_partitions() {
            prop_assert_eq!(both.next(&partition), a.next(&partition).max(b.next(&partition)));
        }
    }

    #[test]
    fn the_least_is_what_both_have_passed(a in any_positions(), b in any_positions(), offset in 0..8_u64) {
        let least = a.least(&b);
        prop_assert_eq!(&least, &b.least(&a));
        for partition in all_partitions() {
            let position = Position { partition, offset };
            prop_assert_eq!(least.holds(&position), a.holds(&position) && b.holds(&position));
            prop_assert_eq!(a.holds(&position), offset < a.next(&position.partition));
        }
    }

    #[test]
    fn positions_come_back_from_json(a in any_positions()) {
        let json = serde_json::to_string(&a).expect("serialise");
        prop_assert_eq!(serde_json::from_str::<Positions>(&json).expect("deserialise"), a);
    }
}
