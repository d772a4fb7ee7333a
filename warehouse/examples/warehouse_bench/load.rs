//! Made-up records of real length, the same for every run.

use std::{path::Path, sync::Arc};

use jiff::{Timestamp, ToSpan};
use tingjian_schemas::{
    Batch, CauseReading, Complaint, Entry, Head, Item, Kind, Lane, LinkKey, Partition, Position, Reading, Record, Span,
    Stream, TextBody, Versions,
};

const PIECES: [&str; 16] = [
    "客服承诺一天送到，",
    "两天还没有收到，",
    "再次致电仍未解决，",
    "耽误了朋友的生日，",
    "页面写着次日达，",
    "实际等了四天，",
    "态度倒是很好，",
    "就是物流太慢，",
    "包装破了一个角，",
    "退款一直没有到账，",
    "说好回电也没有回，",
    "活动价没有给我，",
    "换了三个部门都不管，",
    "按了二十五次一才转到人工，",
    "希望尽快处理，",
    "以后不会再买了。",
];
const CITIES: [&str; 8] = ["杭州", "上海", "北京", "广州", "成都", "武汉", "西安", "沈阳"];
const DEPARTMENTS: [&str; 8] = ["市场", "仓储", "物流", "客服培训", "财务", "产品", "运营", "信息技术"];

/// First moment of the load.
pub const START: &str = "2026-01-05T00:00:00Z";

pub struct Load {
    texts: Vec<String>,
    rows: u64,
    seconds: u64,
    shuffle: bool,
    causes: Vec<(Arc<str>, Arc<str>)>,
    versions: Versions,
    partition: Partition,
}

/// A number that looks random, the same for the same input.
fn mix(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

fn pick<T: Copy>(of: &[T], random: u64) -> T {
    of[(random % of.len() as u64) as usize]
}

impl Load {
    pub fn new(texts: Option<&Path>, rows: u64, weeks: u64, shuffle: bool) -> Self {
        let read = |path: &Path| -> Vec<String> {
            let file = std::fs::read_to_string(path).unwrap();
            let text = |line: &str| {
                serde_json::from_str::<serde_json::Value>(line).unwrap()["text"].as_str().unwrap().to_owned()
            };
            file.lines().map(text).collect()
        };
        let made_up = |i: u64| (0..2 + mix(i) % 6).map(|k| pick(&PIECES, mix(i * 7 + k))).collect::<String>();
        let cause = |i: usize| (Arc::from(format!("group{}.cause{i}", i / 5)), Arc::from(DEPARTMENTS[i % 8]));
        Self {
            texts: texts.map_or_else(|| (0..50_000).map(made_up).collect(), read),
            rows,
            seconds: weeks * 7 * 86_400,
            shuffle,
            causes: (0..36).map(cause).collect(),
            versions: Versions { dictionary: "d1".into(), taxonomy: "t1".into(), rules: "r1".into(), model: "".into() },
            partition: Partition { source: "journal:0badcafe".into(), number: 0 },
        }
    }

    /// Items `first..first + count`.
    pub fn batch(&self, first: u64, count: u64) -> Batch {
        let items = (first..first + count).map(|i| self.item(i)).collect();
        Batch { items, upto: [(self.partition.clone(), first + count)].into_iter().collect() }
    }

    fn occurred_at(&self, i: u64) -> Timestamp {
        let place = if self.shuffle { mix(i) % self.seconds } else { i * self.seconds / self.rows };
        let jitter = (mix(i ^ 77) % 600_000) as i64;
        START.parse::<Timestamp>().unwrap() + (place as i64).seconds() + jitter.milliseconds()
    }

    fn item(&self, i: u64) -> Item {
        let record = Record {
            head: self.head(i),
            body: TextBody::Complaint(Complaint { text: String::new(), category: Some("售后".into()) }),
            reading: self.reading(i),
            versions: self.versions.clone(),
        };
        Item {
            position: Position { partition: self.partition.clone(), offset: i },
            arrival: 1_790_000_000_000_000 + i * 25,
            received_at: self.occurred_at(i),
            content_hash: mix(i ^ 5),
            generation: 0,
            maybe_repeat: false,
            entry: Entry::Record(Box::new(record)),
        }
    }

    fn head(&self, i: u64) -> Head {
        let r = mix(i ^ 1);
        Head {
            stream: Stream::Complaints,
            event_id: id(i),
            occurred_at: self.occurred_at(i),
            source: Some("处理系统".into()),
            channel: Some(pick(&["电话", "网页", "微信"], r).into()),
            customer_key: Some(LinkKey((mix(r) as u128 | 1 << 100).to_be_bytes())),
            order_key: r.is_multiple_of(2).then(|| LinkKey((mix(i ^ 3) as u128 | 1 << 101).to_be_bytes())),
            case_key: None,
            call_id: None,
            agent_no: Some(format!("A{:04}", r % 800)),
            department: Some(pick(&DEPARTMENTS, r >> 8).into()),
            lane: Some(Lane {
                origin: Some(pick(&CITIES, r >> 16).into()),
                destination: Some(pick(&CITIES, r >> 20).into()),
                carrier: Some(pick(&["顺行", "捷运"], r >> 24).into()),
                service: Some("次日达".into()),
            }),
            unknown_fields: String::new(),
        }
    }

    fn reading(&self, i: u64) -> Reading {
        let r = mix(i ^ 2);
        let cause = |k: u64| {
            let (code, department) = &self.causes[((r >> (8 * k)) % 36) as usize];
            let evidence = vec![Span { start: 2 * k as u32, end: 2 * k as u32 + 4 }];
            CauseReading { code: code.clone(), department: department.clone(), score: 0.8, evidence }
        };
        let causes: Vec<CauseReading> = (0..r % 4).map(cause).collect();
        Reading {
            text: self.texts[(r % self.texts.len() as u64) as usize].clone(),
            words: String::new(),
            kind: pick(&Kind::ALL, r >> 32),
            kind_score: 0.9,
            promised_min: r.is_multiple_of(5).then_some(1440),
            actual_min: r.is_multiple_of(7).then_some(2880),
            actual_open: r.is_multiple_of(7).then_some(false),
            praised: false,
            abuse: false,
            abstained: causes.is_empty(),
            causes,
        }
    }
}

pub fn text_bytes(batch: &Batch) -> u64 {
    let length = |item: &Item| match &item.entry {
        Entry::Record(record) => record.reading.text.len() as u64,
        _ => 0,
    };
    batch.items.iter().map(length).sum()
}

/// The id of record `i`.
pub fn id(i: u64) -> String {
    format!("c-{i:09}")
}

/// The same records from later in the source, all of them possible repeats. With `id_step` every so-manieth is a new id that
/// only looks like a repeat, and the others are certainly new; with `moved` content and day are others.
pub fn again(batch: &mut Batch, offset: u64, id_step: u64, moved: bool) {
    for (i, item) in (0..).zip(&mut batch.items) {
        item.position.offset = offset + i;
        item.arrival += offset * 25 + 1_000_000_000;
        item.maybe_repeat = id_step == 0 || i % id_step == 0;
        let Entry::Record(record) = &mut item.entry else { continue };
        if id_step > 0 {
            record.head.event_id = format!("n-{i:09}");
        }
        if moved {
            item.content_hash ^= 1;
            record.head.occurred_at += 25.hours();
        }
    }
    let partition = batch.items[0].position.partition.clone();
    batch.upto = [(partition, offset + batch.items.len() as u64)].into_iter().collect();
}
