//! What is found, how it is filtered, counted, ordered and shown.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

mod common;

use common::{TestIndex, ask, cause, record};
use tingjian_indexer::{SearchRequest, Sort};
use tingjian_schemas::{Commendation, Kind, Praised, Record, Span, Stream, TextBody};

fn texts() -> TestIndex {
    let mut index = TestIndex::new();
    let texts = [
        ("a", "送餐太慢，等了40分钟还没到"),
        ("b", "客服态度很好，就是物流太慢"),
        ("c", "我的iPhone15坏了，要求退款"),
        ("d", "产品和服务都不错👍"),
        ("e", "赞"),
        ("f", "Delivery was SLOW 慢"),
    ];
    index.add(texts.iter().zip(0..).map(|((id, text), minute)| record(id, text, minute)));
    index
}

#[test]
fn finds_what_a_query_means() {
    let index = texts();
    let check = |query: &str, expected: &str| {
        assert_eq!(index.ids(query).concat(), expected, "{query:?}");
    };
    check("", "abcdef");
    check("太慢", "ab");
    check("餐太", "a");
    check("和服", "d");
    check("餐慢", "");
    check("慢", "abf");
    check("赞", "e");
    check("太慢 客服", "b");
    check("太慢 OR 退款", "abc");
    check("太慢 NOT 客服", "a");
    check("-太慢", "cdef");
    check("-太慢 -慢", "cde");
    check("(太慢 OR 退款) -物流", "ac");
    check("40分钟", "a");
    check("４０分鐘", "a");
    check("140分钟", "");
    check("0分钟", "");
    check("iphone", "c");
    check("iPhone15坏了", "c");
    check("iphone15坏", "c");
    check("iphone15了", "");
    check("IPHONE 15", "c");
    check("phone", "");
    check("slow", "f");
    check("slow 慢", "f");
    check("\"slow 慢\"", "f");
    check("\"太慢，等\"", "a");
    check("\"太慢。等\"", "a");
    check("\"太慢等\"", "");
    check("👍", "d");
    check("不错👍", "d");
    check("沒到", "a");
    check("鰰鰰", "");
}

#[test]
fn filters_hold_together() {
    let mut index = TestIndex::new();
    index.add(filtered_records());
    let check = |name: &str, request: SearchRequest, expected: &str| {
        let answer = index.search(&SearchRequest { limit: 10, facets: true, ..request });
        assert_eq!(common::sorted_ids(&answer).concat(), expected, "{name}");
        assert_eq!(answer.total, expected.len() as u64, "{name}");
        let counted: u64 = answer.facets.unwrap().streams.iter().map(|facet| facet.count).sum();
        assert_eq!(counted, answer.total, "{name}");
    };
    let at = |minute: i64| record("x", "", minute).head.occurred_at;
    let strings = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let all = SearchRequest::default;
    check("nothing", all(), "abcd");
    check("since", SearchRequest { since: Some(at(2)), ..all() }, "cd");
    check("until", SearchRequest { until: Some(at(2)), ..all() }, "ab");
    check("span", SearchRequest { since: Some(at(1)), until: Some(at(3)), ..all() }, "bc");
    check("never", SearchRequest { since: Some(at(100)), ..all() }, "");
    check("kind", SearchRequest { kinds: vec![Kind::Commendation, Kind::Inquiry], ..all() }, "cd");
    check("cause", SearchRequest { causes: strings(&["fulfil.lost"]), ..all() }, "b");
    check("second cause", SearchRequest { causes: strings(&["people.attitude"]), ..all() }, "ab");
    check("group", SearchRequest { causes: strings(&["fulfil"]), ..all() }, "ab");
    check("unknown cause", SearchRequest { causes: strings(&["full"]), ..all() }, "");
    check("department", SearchRequest { departments: strings(&["客服"]), ..all() }, "ab");
    check("stream", SearchRequest { streams: vec![Stream::Commendations], ..all() }, "d");
    check("agent", SearchRequest { agent_no: Some("A7".to_owned()), ..all() }, "cd");
    check("channel", SearchRequest { channel: Some("微信".to_owned()), ..all() }, "a");
    check("text", SearchRequest { query: "太慢".to_owned(), causes: strings(&["fulfil"]), ..all() }, "a");
    let both = SearchRequest { agent_no: Some("A7".to_owned()), kinds: vec![Kind::Inquiry], ..all() };
    check("two", both, "c");
}

fn filtered_records() -> Vec<Record> {
    let mut a = record("a", "送餐太慢", 0);
    a.reading.causes = vec![cause("fulfil.transit_delay", "物流"), cause("people.attitude", "客服")];
    a.head.channel = Some("微信".to_owned());
    let mut b = record("b", "东西丢了", 1);
    b.reading.causes = vec![cause("people.attitude", "客服"), cause("fulfil.lost", "物流")];
    let mut c = record("c", "请问何时太慢", 2);
    c.reading.kind = Kind::Inquiry;
    c.head.agent_no = Some("A7".to_owned());
    let mut d = record("d", "表扬七号", 3);
    d.reading.kind = Kind::Commendation;
    d.head.stream = Stream::Commendations;
    let praised = vec![Praised { agent_no: Some("A7".to_owned()), department: None }];
    d.body = TextBody::Commendation(Commendation { praised, ..Commendation::default() });
    vec![a, b, c, d]
}

#[test]
fn facets_count_what_was_found() {
    let mut index = TestIndex::new();
    index.add(filtered_records());
    let answer = index.search(&SearchRequest { facets: true, limit: 1, ..ask("太慢 OR 丢了") });
    let facets = answer.facets.unwrap();
    let show = |list: &[tingjian_indexer::FacetCount]| {
        list.iter().map(|facet| format!("{}={}", facet.key, facet.count)).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(answer.total, 3);
    assert_eq!(show(&facets.kinds), "complaint=2 inquiry=1");
    assert_eq!(show(&facets.causes), "people.attitude=2 fulfil.lost=1 fulfil.transit_delay=1");
    assert_eq!(show(&facets.departments), "客服=2 物流=2");
    assert_eq!(show(&facets.streams), "complaints=3");
}

#[test]
fn a_hit_says_what_it_is_and_why() {
    let mut index = TestIndex::new();
    index.add(filtered_records());
    let answer = index.search(&ask("太慢 -请问"));
    let [hit] = answer.hits.as_slice() else { panic!("{answer:?}") };
    assert_eq!(hit.record_id, "a");
    assert_eq!((hit.stream, hit.kind), (Stream::Complaints, Kind::Complaint));
    assert_eq!(hit.causes, ["fulfil.transit_delay", "people.attitude"]);
    assert_eq!(hit.department.as_deref(), Some("物流"));
    assert_eq!(hit.occurred_at, record("a", "", 0).head.occurred_at);
    assert_eq!(hit.snippet.text, "送餐太慢");
    assert_eq!(hit.snippet.highlights, [Span { start: 2, end: 4 }]);
    assert!(hit.score > 0.0);
    let praised = index.search(&ask("表扬"));
    assert_eq!(praised.hits[0].agent_no.as_deref(), Some("A7"));
}

#[test]
fn orders_hits() {
    let mut index = TestIndex::new();
    let mut word = record("word", "买了和服一件", 0);
    word.reading.words = "买\u{1f}了\u{1f}和服\u{1f}一件".to_owned();
    let mut across = record("across", "产品和服务好", 1);
    across.reading.words = "产品\u{1f}和\u{1f}服务\u{1f}好".to_owned();
    let twice = record("twice", "和服好，和服美", 2);
    index.add([word, across, twice]);
    let order = |sort| {
        let answer = index.search(&SearchRequest { sort, ..ask("和服") });
        answer.hits.iter().map(|hit| hit.record_id.clone()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(order(Sort::Newest), "twice across word");
    assert_eq!(order(Sort::Oldest), "word across twice");
    assert_eq!(order(Sort::Relevance), "word twice across");
}

#[test]
fn wrong_requests_are_the_callers_fault() {
    let index = texts();
    let fails = |request: SearchRequest| {
        let error = index.index.search(&request).unwrap_err();
        assert!(error.is_callers_fault(), "{error}");
        error.to_string()
    };
    assert_eq!(fails(ask("太慢 “很")), "第 4 个字符：引号没有闭合");
    assert_eq!(fails(SearchRequest { limit: 0, ..ask("") }), "limit 须在 1 到 1000 之间");
    assert_eq!(fails(SearchRequest { limit: 1_001, ..ask("") }), "limit 须在 1 到 1000 之间");
    assert_eq!(fails(SearchRequest { cursor: Some("AAAA".to_owned()), ..ask("") }), "翻页标记无效或属于另一次检索");
}

#[test]
fn one_repeated_character_is_found_quickly() {
    let mut index = TestIndex::new();
    index.add([record("a", &"哈".repeat(8_000), 0), record("b", "哈", 1)]);
    assert_eq!(index.ids("哈哈哈哈哈"), ["a"]);
    assert_eq!(index.ids("哈"), ["a", "b"]);
}
