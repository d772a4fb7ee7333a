//! Every question against a small set of records counted by hand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.
#![allow(missing_docs)]

mod common;

use common::{
    engine::Engine,
    events::{batch, complaint, head, item, reading, record_item, time},
};
use tingjian_schemas::{
    DeadLetter, Delivery, Entry, Fact, FactBody, Item, Kind, Lane, Reason, Record, Rejection, Stream, TextBody,
};
use tingjian_warehouse::{
    Basis, CauseGroup, CausesBy, CausesQuestion, DayCount, DeadLetterFilter, DeadLetterReplay, Filters, PageCursor,
    StreamCount,
};

/// Stream, id, time, kind, causes, agent, destination of the lane.
type Line = (Stream, &'static str, &'static str, Kind, &'static [&'static str], &'static str, &'static str);

/// Two weeks: W46 is 9 to 15 November, W47 is 16 to 22 November. In Shanghai r7 and r8 are in W47, in UTC in W46.
const LINES: [Line; 9] = [
    (Stream::Complaints, "r1", "2026-11-09T08:00:00Z", Kind::Complaint, &["fulfil.transit_delay"], "A1", "上海"),
    (
        Stream::Complaints,
        "r2",
        "2026-11-10T08:00:00Z",
        Kind::Complaint,
        &["promise.eta", "fulfil.transit_delay"],
        "A1",
        "",
    ),
    (Stream::Complaints, "r3", "2026-11-17T08:00:00Z", Kind::Complaint, &["promise.eta", "promise.ad"], "A2", "上海"),
    (Stream::Complaints, "r4", "2026-11-18T08:00:00Z", Kind::Inquiry, &[], "A2", "北京"),
    (Stream::CallNotes, "r5", "2026-11-18T09:00:00Z", Kind::Complaint, &["fulfil.lost"], "", "上海"),
    (Stream::CallNotes, "r6", "2026-11-22T15:59:59.999Z", Kind::Complaint, &["promise.eta"], "A1", ""),
    (Stream::Commendations, "r7", "2026-11-15T16:00:00Z", Kind::Commendation, &[], "A1", ""),
    (Stream::Complaints, "r8", "2026-11-15T23:00:00Z", Kind::Suggestion, &["promising.x"], "A3", ""),
    (Stream::Complaints, "r9", "2026-11-22T16:00:00Z", Kind::Complaint, &["promise.eta"], "A1", ""),
];

fn record((stream, id, at, kind, causes, agent, destination): &Line) -> Record {
    let body = match stream {
        Stream::CallNotes => TextBody::CallNote(Default::default()),
        Stream::Commendations => TextBody::Commendation(Default::default()),
        _ => TextBody::Complaint(Default::default()),
    };
    let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let mut record = Record { body, reading: reading("正文", *kind, causes), ..complaint(id, at) };
    record.head.stream = *stream;
    record.head.agent_no = given(agent);
    record.head.channel = given(if *id == "r5" { "微信" } else { "电话" });
    record.head.lane =
        given(destination).map(|to| Lane { origin: given("杭州"), destination: Some(to), ..Lane::default() });
    record
}

/// The engine with the nine records: each first with another content, so that replaced rows lie there, too.
async fn filled() -> Engine {
    let engine = Engine::start().await;
    let draft = |(i, line): (u64, &Line)| {
        record_item(i, 0, Record { reading: reading("草稿", Kind::Other, &["draft.x"]), ..record(line) })
    };
    let items: Vec<Item> = (0..).zip(&LINES).map(draft).collect();
    engine.warehouse.write(&batch(items)).await.unwrap();
    let last = |(i, line): (u64, &Line)| Item { maybe_repeat: true, ..record_item(100 + i, 1, record(line)) };
    let items: Vec<Item> = (0..).zip(&LINES).map(last).collect();
    engine.warehouse.write(&batch(items)).await.unwrap();
    engine
}

/// The Shanghai week W47: r3 r4 r5 r6 r7 r8; the week before: r1 r2.
fn week() -> Filters {
    let (since, until) = (Some(time("2026-11-15T16:00:00Z")), Some(time("2026-11-22T16:00:00Z")));
    Filters { since, until, ..Filters::default() }
}

async fn check_causes(
    engine: &Engine,
    by: CausesBy,
    filters: Filters,
    total: (u64, u64, Option<u64>),
    groups: &[(&str, u64, Option<u64>)],
) {
    let question = CausesQuestion { by, filters: filters.clone(), zone: "Asia/Shanghai".to_owned() };
    let answer = engine.warehouse.causes(&question).await.unwrap();
    assert_eq!((answer.total, answer.abstained, answer.total_before), total, "{by:?} {filters:?}");
    // Without facts a text about a delay decides as little as one too unsure to count.
    let Basis { judgement, facts, text, pending } = answer.basis;
    assert_eq!((judgement, facts, text + pending), (0, 0, total.0), "{by:?} {filters:?}");
    assert!(pending >= total.1, "{by:?} {filters:?}: {pending} pending");
    let group = |(key, records, before): &(&str, u64, Option<u64>)| CauseGroup {
        key: (*key).to_owned(),
        records: *records,
        before: *before,
    };
    assert_eq!(answer.groups, groups.iter().map(group).collect::<Vec<_>>(), "{by:?} {filters:?}");
}

#[tokio::test]
async fn records_are_grouped_and_compared_with_the_period_before() {
    let engine = filled().await;
    let now = Some;
    let cause = [
        ("promise.eta", 2, now(1)),
        ("fulfil.lost", 1, now(0)),
        ("promise.ad", 1, now(0)),
        ("promising.x", 1, now(0)),
        ("fulfil.transit_delay", 0, now(2)),
    ];
    check_causes(&engine, CausesBy::Cause, week(), (6, 2, now(2)), &cause).await;
    // The one that is first about a delay has no department until facts tell.
    let department = [("dep:promise", 2, now(1)), ("dep:promising", 1, now(0)), ("dep:fulfil", 0, now(1))];
    check_causes(&engine, CausesBy::Department, week(), (6, 2, now(2)), &department).await;
    check_causes(&engine, CausesBy::Week, week(), (6, 2, now(2)), &[("2026-W47", 6, now(0)), ("2026-W46", 0, now(2))])
        .await;
    check_causes(
        &engine,
        CausesBy::Lane,
        week(),
        (6, 2, now(2)),
        &[("杭州→上海//", 2, now(1)), ("杭州→北京//", 1, now(0))],
    )
    .await;
    check_causes(
        &engine,
        CausesBy::Agent,
        week(),
        (6, 2, now(2)),
        &[("A1", 2, now(2)), ("A2", 2, now(0)), ("A3", 1, now(0))],
    )
    .await;
    let all = [("A1", 5, None), ("A2", 2, None), ("A3", 1, None)];
    check_causes(&engine, CausesBy::Agent, Filters::default(), (9, 2, None), &all).await;
    let never = Filters { agent_no: Some("nobody".to_owned()), ..week() };
    check_causes(&engine, CausesBy::Cause, never, (0, 0, now(0)), &[]).await;
}

#[tokio::test]
async fn every_filter_filters() {
    let engine = filled().await;
    let engine = &engine;
    let check = async |filters: Filters, ids: &[&str]| {
        let page = engine.warehouse.record_page(&filters, None, 100).await.unwrap();
        let found: Vec<&str> = page.records.iter().map(|stored| stored.record.head.event_id.as_str()).collect();
        assert_eq!(found, ids, "{filters:?}");
        assert_eq!(engine.warehouse.record_count(&filters).await.unwrap(), ids.len() as u64);
    };
    let none = Filters::default;
    check(none(), &["r1", "r2", "r7", "r8", "r3", "r4", "r5", "r6", "r9"]).await;
    check(Filters { since: Some(time("2026-11-22T15:59:59.999Z")), ..none() }, &["r6", "r9"]).await;
    check(Filters { since: Some(time("2026-11-22T15:59:59.9991Z")), ..none() }, &["r9"]).await;
    check(Filters { until: Some(time("2026-11-10T08:00:00Z")), ..none() }, &["r1"]).await;
    check(Filters { until: Some(time("2026-11-10T08:00:00.0001Z")), ..none() }, &["r1", "r2"]).await;
    check(Filters { streams: vec![Stream::CallNotes, Stream::Commendations], ..none() }, &["r7", "r5", "r6"]).await;
    check(Filters { kinds: vec![Kind::Inquiry, Kind::Suggestion], ..none() }, &["r8", "r4"]).await;
    check(Filters { causes: vec!["promise.ad".into(), "fulfil.lost".into()], ..none() }, &["r3", "r5"]).await;
    check(Filters { causes: vec!["promise".into()], ..none() }, &["r2", "r3", "r6", "r9"]).await;
    check(Filters { causes: vec!["draft".into(), "draft.x".into()], ..none() }, &[]).await;
    check(Filters { departments: vec!["dep:fulfil".into()], ..none() }, &["r1", "r2", "r5"]).await;
    check(Filters { agent_no: Some("A2".into()), ..none() }, &["r3", "r4"]).await;
    check(Filters { channel: Some("微信".into()), ..none() }, &["r5"]).await;
    check(Filters { lane: Some("杭州→上海//".into()), ..none() }, &["r1", "r3", "r5"]).await;
    check(
        Filters { kinds: vec![Kind::Complaint], agent_no: Some("A1".into()), causes: vec!["promise".into()], ..week() },
        &["r6"],
    )
    .await;
    let hostile = "x') OR ('' = '";
    check(Filters { causes: vec![hostile.into()], ..none() }, &[]).await;
    check(Filters { agent_no: Some(hostile.into()), ..none() }, &[]).await;
    check(Filters { lane: Some("\\'\t\n?{x:String}".into()), ..none() }, &[]).await;
}

#[tokio::test]
async fn counts_by_day_kind_and_cause() {
    let engine = filled().await;
    let count = |day: &str, kind: &str, cause: &str, records| DayCount {
        day: day.into(),
        kind: kind.into(),
        cause: cause.into(),
        records,
    };
    let expected = vec![
        count("2026-11-15", "commendation", "", 1),
        count("2026-11-15", "suggestion", "promising.x", 1),
        count("2026-11-17", "complaint", "promise.ad", 1),
        count("2026-11-17", "complaint", "promise.eta", 1),
        count("2026-11-18", "complaint", "fulfil.lost", 1),
        count("2026-11-18", "inquiry", "", 1),
        count("2026-11-22", "complaint", "promise.eta", 1),
    ];
    assert_eq!(engine.warehouse.day_counts(&week()).await.unwrap(), expected);
    let all = engine.warehouse.day_counts(&Filters::default()).await.unwrap();
    assert!(all.contains(&count("2026-11-22", "complaint", "promise.eta", 2)), "{all:?}");
}

#[tokio::test]
async fn pages_are_complete_and_stay_so_while_records_come_in() {
    let engine = filled().await;
    for limit in [1, 2, 3, 8, 9, 10] {
        let (mut seen, mut after): (Vec<String>, Option<PageCursor>) = (Vec::new(), None);
        loop {
            let page = engine.warehouse.record_page(&Filters::default(), after.as_ref(), limit).await.unwrap();
            assert!(page.records.len() <= limit as usize);
            seen.extend(page.records.into_iter().map(|stored| stored.record.head.event_id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, ["r1", "r2", "r7", "r8", "r3", "r4", "r5", "r6", "r9"], "{limit}");
    }
    let first = engine.warehouse.record_page(&Filters::default(), None, 3).await.unwrap();
    // One before the page's end, one after it, two at the same time as its end.
    let late = [
        ("a", "2026-11-01T00:00:00Z"),
        ("z", "2026-11-30T00:00:00Z"),
        ("r6z", "2026-11-15T16:00:00Z"),
        ("r7z", "2026-11-15T16:00:00Z"),
    ];
    let items = (200..).zip(late).map(|(offset, (id, at))| record_item(offset, 9, complaint(id, at))).collect();
    engine.warehouse.write(&batch(items)).await.unwrap();
    let rest = engine.warehouse.record_page(&Filters::default(), first.next.as_ref(), 100).await.unwrap();
    let rest: Vec<String> = rest.records.into_iter().map(|stored| stored.record.head.event_id).collect();
    assert_eq!(rest, ["r7z", "r8", "r3", "r4", "r5", "r6", "r9", "z"]);
}

#[tokio::test]
async fn records_come_in_the_order_asked_for() {
    let engine = filled().await;
    let stored = engine.warehouse.records(&["r9", "none", "r1", "r1", "r4"]).await.unwrap();
    let ids: Vec<&str> = stored.iter().map(|stored| stored.record.head.event_id.as_str()).collect();
    assert_eq!(ids, ["r9", "r1", "r4"]);
    assert_eq!(stored[0].position.offset, 108);
    assert!(engine.warehouse.records(&[]).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_newest_event_is_of_any_stream() {
    let engine = Engine::start().await;
    assert_eq!(engine.warehouse.newest_event_at().await.unwrap(), None);
    assert!(engine.warehouse.stream_counts().await.unwrap().iter().all(|count| count.events == 0));
    let engine = filled().await;
    assert_eq!(engine.warehouse.newest_event_at().await.unwrap(), Some(time("2026-11-22T16:00:00Z")));
    let body = FactBody::Delivery(Delivery { started_at: time("2026-11-20T00:00:00Z"), finished_at: None });
    let fact = Fact { head: head(Stream::Deliveries, "d", "2026-11-25T00:00:00Z"), body };
    engine.warehouse.write(&batch(vec![item(300, 1, Entry::Fact(Box::new(fact)))])).await.unwrap();
    assert_eq!(engine.warehouse.newest_event_at().await.unwrap(), Some(time("2026-11-25T00:00:00Z")));
    let counts = engine.warehouse.stream_counts().await.unwrap();
    for (stream, events) in
        [("complaints", 6), ("call-notes", 2), ("commendations", 1), ("deliveries", 1), ("promises", 0)]
    {
        assert!(counts.contains(&StreamCount { stream: stream.to_owned(), events }), "{stream}: {counts:?}");
    }
    let sizes = engine.warehouse.table_sizes().await.unwrap();
    let records = sizes.iter().find(|size| size.table == "records").unwrap();
    assert!(records.rows >= 9 && records.bytes > 0 && records.parts >= 1, "{records:?}");
}

fn letter(offset: u64, stream: Stream, reason: Reason, received_at: &str) -> Item {
    let rejection =
        Rejection { reason, field: Some("text".into()), detail: None, event_id: Some(format!("e{offset}")) };
    let letter = DeadLetter { stream, rejection, bytes: vec![b'x'; offset as usize] };
    Item { received_at: time(received_at), ..item(offset, offset, Entry::Dead(Box::new(letter))) }
}

#[tokio::test]
async fn dead_letters_are_listed_counted_and_replayed() {
    let engine = Engine::start().await;
    let letters = vec![
        letter(1, Stream::Complaints, Reason::Missing, "2026-11-01T00:00:00Z"),
        letter(2, Stream::Complaints, Reason::Missing, "2026-11-02T00:00:00Z"),
        letter(3, Stream::Promises, Reason::Missing, "2026-11-02T00:00:00Z"),
        letter(4, Stream::Complaints, Reason::TooLong, "2026-12-03T00:00:00Z"),
    ];
    engine.warehouse.write(&batch(letters)).await.unwrap();
    let engine = &engine;
    let check = async |filter: DeadLetterFilter, offsets: &[u64]| {
        let page = engine.warehouse.dead_letters(&filter, None, 100).await.unwrap();
        assert_eq!(page.letters.iter().map(|letter| letter.position.offset).collect::<Vec<_>>(), offsets, "{filter:?}");
        assert_eq!(page.total, offsets.len() as u64);
    };
    let none = DeadLetterFilter::default;
    check(none(), &[4, 3, 2, 1]).await;
    check(DeadLetterFilter { streams: vec![Stream::Complaints], ..none() }, &[4, 2, 1]).await;
    check(DeadLetterFilter { reason: Some(Reason::TooLong), ..none() }, &[4]).await;

    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = engine.warehouse.dead_letters(&none(), after.as_ref(), 1).await.unwrap();
        assert_eq!(page.total, 4);
        seen.extend(page.letters.iter().map(|letter| letter.position.offset));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, [4, 3, 2, 1]);

    let counts = engine.warehouse.dead_letter_counts().await.unwrap();
    let counts: Vec<_> =
        counts.iter().map(|count| (count.stream.as_str(), count.reason.as_str(), count.letters)).collect();
    assert_eq!(counts, [("complaints", "missing", 2), ("complaints", "too_long", 1), ("promises", "missing", 1)]);

    let id = "journal-0badcafe-0-2";
    let refused = DeadLetterReplay { replayed_at: time("2026-12-01T00:00:00Z"), refused: Some("wrong_type".into()) };
    engine.warehouse.note_replay(id, &refused).await.unwrap();
    check(DeadLetterFilter { only_open: true, ..none() }, &[4, 3, 2, 1]).await;
    let accepted = DeadLetterReplay { replayed_at: time("2026-12-02T00:00:00Z"), refused: None };
    engine.warehouse.note_replay(id, &accepted).await.unwrap();
    check(DeadLetterFilter { only_open: true, ..none() }, &[4, 3, 1]).await;
    let page = engine.warehouse.dead_letters(&none(), None, 100).await.unwrap();
    let tried = page.letters.iter().find(|letter| letter.dead_letter_id == id).unwrap();
    assert_eq!((tried.tries, tried.last_try.clone(), tried.size), (2, Some(accepted), 2));
}
