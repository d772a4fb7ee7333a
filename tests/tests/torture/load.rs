//! Clients that send and send again until they are answered 202.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use rand::{RngExt, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use tingjian_tests::{Client, numeral};

use super::books::{Books, Last};

/// Events of one post at most.
const POST_EVENTS: usize = 60;
/// Of the events, those that send an earlier one again as it was.
const SAME_AGAIN: f64 = 0.10;
/// Of the events, those that send an earlier id with other content.
const OTHER_AGAIN: f64 = 0.10;
/// Of the posts, those that are facts.
const FACT_POSTS: f64 = 0.10;
/// Before a post without answer is sent again.
const AGAIN_AFTER: Duration = Duration::from_millis(20);
/// Rest after an answer: the load shall outlast the kills without filling the disk.
const REST: Duration = Duration::from_millis(10);
/// Longest time without any answer.
const PATIENCE: Duration = Duration::from_secs(120);

const STREAMS: [&str; 3] = ["complaints", "call-notes", "commendations"];
/// Of several causes, and of none.
const SAYINGS: [&str; 8] = [
    "页面写着次日达，等了三天才送到",
    "退款申请了半个月一直不到账",
    "客服态度很差，说话不耐烦还挂电话",
    "打开箱子发现东西碎了，包装太薄",
    "应用一直闪退，付款页面打不开",
    "说好一小时内回电，等到晚上也没有人打来",
    "想问一下发票怎么开",
    "小伙子很热心，帮我搬上楼，谢谢",
];

/// What the clients share.
pub struct Load {
    client: Client,
    stopped: AtomicBool,
    acknowledged: AtomicU64,
}

/// Stops the clients when it goes, also when the killer fails: they would send forever.
pub struct Stop<'l>(&'l Load);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.stopped.store(true, Ordering::Relaxed);
    }
}

impl Load {
    pub fn new(client: Client) -> Self {
        Self { client, stopped: AtomicBool::new(false), acknowledged: AtomicU64::new(0) }
    }

    /// Posts acknowledged so far.
    pub fn acknowledged(&self) -> u64 {
        self.acknowledged.load(Ordering::Relaxed)
    }

    pub fn stop_when_dropped(&self) -> Stop<'_> {
        Stop(self)
    }

    /// Posts until acknowledged; how often it had to be sent again.
    fn post(&self, stream: &str, events: &[Value]) -> u64 {
        let (path, body) = (format!("/api/v1/streams/{stream}"), Value::from(events).to_string());
        let begun = Instant::now();
        for again in 0.. {
            match self.client.try_post(&path, &[("Content-Type", "application/json")], body.as_bytes()) {
                Ok(answer) if answer.status == 202 => {
                    assert_eq!(answer.json()["accepted"], events.len(), "{}", answer.text());
                    self.acknowledged.fetch_add(1, Ordering::Relaxed);
                    return again;
                }
                Ok(answer) => assert!(matches!(answer.status, 429 | 503), "{}", answer.text()),
                // The server was killed in the middle: whether it took the post is not known.
                Err(_) => {}
            }
            assert!(begun.elapsed() < PATIENCE, "a post is not taken");
            thread::sleep(AGAIN_AFTER);
        }
        0
    }
}

struct Sender<'l> {
    load: &'l Load,
    number: u64,
    dice: ChaCha8Rng,
    books: Books,
    /// Events as they were last sent, to be sent again.
    sent: Vec<(&'static str, Value, Last)>,
    versions: usize,
}

/// One client's life.
pub fn send_until_stopped(load: &Load, number: u64, seed: u64) -> Books {
    let dice = ChaCha8Rng::seed_from_u64(seed.wrapping_add(number + 1));
    let mut sender = Sender { load, number, dice, books: Books::default(), sent: Vec::new(), versions: 0 };
    while !load.stopped.load(Ordering::Relaxed) {
        if sender.dice.random_bool(FACT_POSTS) {
            sender.send_facts();
        } else {
            sender.send_records();
        }
        thread::sleep(REST);
    }
    sender.books
}

impl Sender<'_> {
    fn send_records(&mut self) {
        let stream = *STREAMS.choose(&mut self.dice).expect("a stream");
        let count = self.dice.random_range(1..=POST_EVENTS);
        let mut post = Vec::with_capacity(count);
        for _ in 0..count {
            let kind: f64 = self.dice.random();
            let earlier = (kind < SAME_AGAIN + OTHER_AGAIN).then(|| self.earlier(stream)).flatten();
            let (place, event, last) = match earlier {
                Some(place) if kind < SAME_AGAIN => (place, self.sent[place].1.clone(), self.sent[place].2.clone()),
                Some(place) => {
                    let id = self.sent[place].1["event_id"].as_str().expect("an id").to_owned();
                    let (event, last) = self.event(stream, &id);
                    (place, event, last)
                }
                None => {
                    let id = format!("t{}-{}", self.number, self.sent.len());
                    let (event, last) = self.event(stream, &id);
                    (self.sent.len(), event, last)
                }
            };
            match self.sent.get_mut(place) {
                Some(sent) => *sent = (stream, event.clone(), last.clone()),
                None => self.sent.push((stream, event.clone(), last.clone())),
            }
            post.push((event, last));
        }
        let events: Vec<_> = post.iter().map(|(event, _)| event.clone()).collect();
        self.books.resent += self.load.post(stream, &events);
        self.books.posts += 1;
        for (event, last) in post {
            self.books.records.insert(event["event_id"].as_str().expect("an id").to_owned(), last);
        }
    }

    /// An earlier event of that stream, a recent one more often.
    fn earlier(&mut self, stream: &str) -> Option<usize> {
        let back = (self.dice.random::<f64>().powi(3) * self.sent.len() as f64) as usize;
        let place = self.sent.len().checked_sub(1 + back)?;
        (self.sent[place].0 == stream).then_some(place)
    }

    fn event(&mut self, stream: &'static str, id: &str) -> (Value, Last) {
        self.versions += 1;
        let mark = format!("记号{}{}", numeral(self.versions), ["甲", "乙"][self.number as usize % 2]);
        let saying = SAYINGS.choose(&mut self.dice).expect("a saying");
        let (month, day, hour) =
            (self.dice.random_range(1..=12), self.dice.random_range(1..=28), self.dice.random_range(0..24));
        let occurred_at = format!("2026-{month:02}-{day:02}T{hour:02}:00:00Z");
        let mut event = json!({ "event_id": id, "occurred_at": occurred_at, "text": format!("{mark}。{saying}。") });
        if stream == "commendations" {
            event["praised"] = json!([{ "agent_no": "0417" }]);
        }
        (event, Last { occurred_at, stream, mark })
    }

    fn send_facts(&mut self) {
        let first = self.books.facts.len();
        let ids: Vec<_> = (first..first + 5).map(|n| format!("f{}-{n}", self.number)).collect();
        let fact = |id: &String| {
            json!({ "event_id": id, "occurred_at": "2026-11-20T12:00:00Z", "order_id": id, "department": "物流",
                    "lane": { "origin": "杭州" }, "started_at": "2026-11-20T08:00:00Z" })
        };
        self.books.resent += self.load.post("deliveries", &ids.iter().map(fact).collect::<Vec<_>>());
        self.books.posts += 1;
        self.books.facts.extend(ids);
    }
}
