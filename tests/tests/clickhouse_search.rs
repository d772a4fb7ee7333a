//! `search.engine = "clickhouse"`: the same questions to a server with an index of its own and to one whose searches ClickHouse
//! answers find the same records, count the same and show the same places.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use serde_json::{Value, json};
use tingjian_simulation::{Options, Output, Simulation};
use tingjian_tests::{Client, Sandbox, complaint};

/// Texts in which units of every kind meet: what they are searched by stands inside, at borders, across them, and not at all.
const TEXTS: [&str; 14] = [
    "送餐太慢，太慢了",
    "慢，太难了",
    "很快，好吃",
    "很快好吃",
    "我的iPhone15坏了",
    "我的 iphone 15 坏了，IPHONE用不了",
    "phone坏了",
    "等了140分钟",
    "等了40分钟，还要等40 分钟",
    "好👍🏻棒",
    "订单A12-3B没到，A12没到",
    "3.5元也要收，35元",
    "说好三天到，三天到不了；天到了",
    "哈哈哈哈",
];
const QUERIES: [&str; 26] = [
    "",
    "太慢",
    "慢",
    "快好",
    "快、好",
    "\"快，好\"",
    "iphone",
    "IPHONE15",
    "iPhone15坏",
    "phone",
    "40分钟",
    "140",
    "40",
    "分钟",
    "👍",
    "A12-3B",
    "a12",
    "3.5",
    "35",
    "三天到",
    "天到",
    "哈哈",
    "太慢 OR 好吃",
    "坏了 AND NOT iphone",
    "-太慢",
    "(太慢 OR 40分钟) NOT 难",
];
const EVENTS: u64 = 1_500;
const PAGE: &str = "7";

struct Pair {
    index: Client,
    clickhouse: Client,
}

impl Pair {
    /// Both answers, which must agree but for the order where it is by relevance.
    fn check(&self, parameters: &[(&str, &str)]) -> Value {
        let ask = |client: &Client| client.ask("/api/v1/search", parameters);
        let (index, clickhouse) = (ask(&self.index), ask(&self.clickhouse));
        for part in ["total", "facets"] {
            assert_eq!(index[part], clickhouse[part], "{part} of {parameters:?}");
        }
        let (hits, others) = (hits(&index), hits(&clickhouse));
        assert_eq!(hits, others, "{parameters:?}");
        assert_eq!(index["next"].is_null(), clickhouse["next"].is_null(), "{parameters:?}");
        clickhouse
    }

    /// Walks all pages of both.
    fn walk(&self, parameters: &[(&str, &str)]) -> usize {
        let walk = |client: &Client| {
            let (mut ids, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = [parameters, &[("limit", PAGE), ("cursor", &cursor)]].concat();
                let page: Vec<_> = page.into_iter().filter(|(_, value)| !value.is_empty()).collect();
                let answer = client.ask("/api/v1/search", &page);
                ids.extend(hits(&answer).into_iter().map(|hit| hit["record_id"].as_str().unwrap().to_owned()));
                match answer["next"].as_str() {
                    Some(next) => cursor = next.to_owned(),
                    None => return ids,
                }
            }
        };
        let (mut index, mut clickhouse) = (walk(&self.index), walk(&self.clickhouse));
        let found = clickhouse.len();
        index.sort_unstable();
        clickhouse.sort_unstable();
        clickhouse.dedup();
        assert_eq!((clickhouse.len(), &index), (found, &clickhouse), "{parameters:?}");
        found
    }
}

/// Without scores: relevance is each one's own.
fn hits(answer: &Value) -> Vec<Value> {
    let mut hits = answer["hits"].as_array().unwrap().clone();
    hits.iter_mut().for_each(|hit| hit["score"] = json!(0));
    hits
}

fn simulated() -> Vec<(&'static str, Vec<Value>)> {
    let until = "2026-11-16T00:00:00+08:00".parse().unwrap();
    let simulation = Simulation::new(&Options::ending(until, 4, EVENTS, 11).unwrap()).unwrap();
    let mut streams = vec![("complaints", Vec::new()), ("call-notes", Vec::new()), ("commendations", Vec::new())];
    for output in simulation {
        let Output::Event(event) = output else { continue };
        if let Some((_, events)) = streams.iter_mut().find(|(name, _)| *name == event.stream.name()) {
            events.push(serde_json::from_str(&event.json).unwrap());
        }
    }
    streams
}

/// Every third two to four characters of some texts.
fn cuts(texts: &[String]) -> Vec<String> {
    let cut = |text: &String, number: usize| {
        let letters: Vec<char> = text.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).collect();
        let length = 2 + number % 3;
        let run: String = letters.get(number % 5..number % 5 + length)?.iter().collect();
        text.contains(&run).then_some(run)
    };
    texts.iter().zip(0..).filter_map(|(text, number)| cut(text, number)).take(60).collect()
}

#[test]
fn clickhouse_finds_what_the_index_finds() {
    let (own, other) = (Sandbox::start(), Sandbox::with(&[("TINGJIAN_SEARCH_ENGINE", "clickhouse")]));
    other.wait_ready();
    let pair = Pair { index: own.client(), clickhouse: other.client() };
    let streams = simulated();
    let at = |number: usize| format!("2026-11-20T12:00:{number:02}+08:00");
    let by_hand: Vec<Value> =
        TEXTS.iter().enumerate().map(|(n, text)| complaint(&format!("hand-{n}"), &at(n), text)).collect();
    for client in [&pair.index, &pair.clickhouse] {
        client.send("complaints", &by_hand);
        for (stream, events) in &streams {
            client.send(stream, events);
        }
    }
    own.settle();
    other.settle();
    for query in QUERIES {
        pair.check(&[("q", query), ("limit", "50"), ("since", "2026-11-20")]);
        pair.check(&[("q", query), ("limit", "50"), ("sort", "oldest")]);
        pair.walk(&[("q", query), ("sort", "relevance"), ("since", "2026-11-10")]);
    }
    let texts: Vec<String> = streams
        .iter()
        .flat_map(|(_, events)| events.iter().filter_map(|event| Some(event["text"].as_str()?.to_owned())))
        .collect();
    // A few cuts run through what is masked.
    let cuts = cuts(&texts);
    let found = cuts.iter().filter(|cut| pair.check(&[("q", cut), ("limit", "100")])["total"] != 0).count();
    assert!(found * 10 >= cuts.len() * 9, "{found} of {} cuts", cuts.len());
    for filter in [
        [("kind", "complaint"), ("cause", "promise")],
        [("stream", "call-notes"), ("department", "物流")],
        [("agent_no", "8001"), ("until", "2026-11-10")],
    ] {
        pair.check(&[("limit", "100"), filter[0], filter[1]]);
    }
    assert!(pair.walk(&[("q", "了"), ("sort", "newest")]) > 7, "several pages");
    for wrong in [vec![("q", "(太慢")], vec![("cursor", "AAAA")], vec![("limit", "0")]] {
        for client in [&pair.index, &pair.clickhouse] {
            assert_eq!(client.get("/api/v1/search", &wrong).status, 400, "{wrong:?}");
        }
    }
    assert!(!other.folder().join("index").exists(), "no index of its own");
}
