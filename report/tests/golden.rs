//! Reports of three simulated weeks, as files: before an over-promise wave, within it, and a week without anything. What is
//! counted is the simulated centre's own truth, so that the reading of texts may change without them.
//! `UPDATE_GOLDEN=1 cargo test --workspace --test golden` writes them anew.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use std::{collections::BTreeMap, fs, path::PathBuf};

use jiff::{Timestamp, tz::TimeZone};
use tingjian_report::{
    Basis, Campaign, CauseCount, Contacts, Department, Edition, Emerging, Fcr, LaneCount, MenuNode, Moved, Objection,
    OverPromise, PairCount, People, Praised, Quality, Quote, ReadingVersion, Versions, Week, WeekAnswers, WeekCounts,
    compose, html, json, read,
};
use tingjian_schemas::{Kind, Stream, Taxonomy};
use tingjian_simulation::{
    Options, Output, Simulation, Summary,
    truth::{self, CaseTruth, ContactTruth, RecordTruth, Truth},
};

const ZONE: &str = "Asia/Shanghai";

struct Centre {
    records: Vec<RecordTruth>,
    cases: Vec<CaseTruth>,
    contacts: Vec<ContactTruth>,
    summary: Summary,
    newest: Timestamp,
}

fn centre() -> Centre {
    let until = "2026-11-16T00:00:00+08:00".parse().unwrap();
    let mut simulation = Simulation::new(&Options::ending(until, 8, 12_000, 5).unwrap()).unwrap();
    let (mut records, mut cases, mut contacts, mut newest) = (vec![], vec![], vec![], Timestamp::UNIX_EPOCH);
    for output in simulation.by_ref() {
        match output {
            Output::Event(event) => newest = event.occurred_at,
            Output::Truth(Truth::Record(truth)) => records.push(*truth),
            Output::Truth(Truth::Case(truth)) => cases.push(*truth),
            Output::Truth(Truth::Contact(truth)) => contacts.push(*truth),
            Output::Truth(Truth::Ledger(_)) => {}
        }
    }
    records.sort_by(|a, b| (a.occurred_at, &a.record_id).cmp(&(b.occurred_at, &b.record_id)));
    Centre { records, cases, contacts, summary: simulation.summary().clone(), newest }
}

/// Counts by key, the greatest first; equal counts by key.
fn ranked<K: Ord + Clone>(keys: impl Iterator<Item = K>) -> Vec<(K, u64)> {
    let mut counts: BTreeMap<K, u64> = BTreeMap::new();
    keys.for_each(|key| *counts.entry(key).or_default() += 1);
    let mut ranked: Vec<(K, u64)> = counts.into_iter().collect();
    ranked.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    ranked
}

fn median(mut values: Vec<i64>) -> i64 {
    values.sort_unstable();
    values[(values.len() - 1) / 2]
}

fn lane_name(record: &RecordTruth) -> Option<String> {
    let lane = record.lane.as_ref()?;
    Some(format!("{}→{}/{}/{}", lane.origin, lane.destination, lane.carrier, lane.service))
}

fn is_over_promised(record: &RecordTruth) -> bool {
    record.kind == Kind::Complaint && record.delay.is_some_and(|delay| delay.overpromise_share_min.unwrap_or(0) > 0)
}

impl Centre {
    fn of(&self, week: Week, zone: &TimeZone) -> Vec<&RecordTruth> {
        self.records.iter().filter(|record| Week::of(record.occurred_at, zone) == week).collect()
    }

    fn answers(&self, name: &str) -> WeekAnswers {
        let (week, zone): (Week, _) = (name.parse().unwrap(), TimeZone::get(ZONE).unwrap());
        let (now, before) = (self.of(week, &zone), self.of(week.before(1), &zone));
        let complaints = |records: &[&RecordTruth]| records.iter().filter(|r| r.kind == Kind::Complaint).count() as u64;
        let first = Week::of(self.records[0].occurred_at, &zone);
        let weeks = (0..=8).rev().map(|ago| week.before(ago)).filter(|one| *one == week || *one >= first);
        let over = |records: &[&RecordTruth]| records.iter().filter(|r| is_over_promised(r)).count() as u64;
        WeekAnswers {
            week,
            zone_name: ZONE.into(),
            as_of: Some(self.newest),
            base_url: "https://tingjian.example".into(),
            lag_records: Some(0),
            weeks: weeks.map(|one| counts(one, &self.of(one, &zone))).collect(),
            basis: basis(&now),
            complaints: [complaints(&now), complaints(&before)],
            causes: causes(&now),
            causes_before: causes(&before),
            pairs: pairs(&now),
            quotes: quotes(&now),
            lanes: self.lanes(&now),
            over_promised: [over(&now), over(&before)],
            lanes_before: lanes_before(&before),
            departments: self.departments(week, &zone, &now, &before),
            contacts: self.contacts(week, &zone, &now),
            contacts_before: self.contacts(week.before(1), &zone, &before),
            menus: menus(&now),
            emerging: Emerging { weeks_before: 8, tested: 40, false_discovery: 0.05, ..Emerging::default() },
            campaigns: campaigns(&now),
            people: people(&now),
            quality: Quality {
                events: 12_000,
                taken: Some(12_600),
                repeats: Some(600),
                lag_records: Some(0),
                ..Quality::default()
            },
            versions: versions(now.len() as u64),
            asked: Vec::new(),
            said: None,
            zone,
        }
    }

    fn lanes(&self, now: &[&RecordTruth]) -> Vec<OverPromise> {
        let over: Vec<&&RecordTruth> = now.iter().filter(|record| is_over_promised(record)).collect();
        let lanes = ranked(over.iter().filter_map(|record| lane_name(record)));
        let lane = |(lane, records): (String, u64)| {
            let of_lane = || over.iter().filter(|record| lane_name(record).as_ref() == Some(&lane));
            let minutes =
                |minutes: &dyn Fn(&RecordTruth) -> Option<i64>| median(of_lane().filter_map(|r| minutes(r)).collect());
            let (owner, owner_records) = ranked(of_lane().filter_map(|r| owner(r)))[0].clone();
            let what_if = self.summary.lanes.iter().find(|one| {
                format!("{}→{}/{}/{}", one.lane.origin, one.lane.destination, one.lane.carrier, one.lane.service)
                    == lane
            });
            let late = of_lane().count() as u64;
            let suggested = what_if.and_then(|one| one.suggested_min);
            let spared =
                of_lane().filter(|r| r.delivery.is_some_and(|d| suggested.is_some_and(|s| d.actual_min <= s))).count();
            OverPromise {
                records,
                owner,
                owner_records,
                last_week: None,
                promised_min: minutes(&|r| Some(i64::from(r.promise.as_ref()?.promised_min))),
                capability_min: minutes(&|r| r.capability?.p90_min.map(i64::from)),
                deliveries: what_if.map_or(0, |one| one.deliveries),
                promise_min: what_if.and_then(|one| one.promised_min).map(i64::from),
                kept_at_promise: None,
                suggested_min: suggested,
                late_complaints: late,
                avoided: spared as u64,
                lane,
            }
        };
        lanes.into_iter().map(lane).collect()
    }

    fn departments(
        &self,
        week: Week,
        zone: &TimeZone,
        now: &[&RecordTruth],
        before: &[&RecordTruth],
    ) -> Vec<Department> {
        let ranks = |records: &[&RecordTruth]| ranked(records.iter().filter_map(|record| record.department.clone()));
        let earlier = ranks(before);
        let mut found: Vec<Department> = ranks(now)
            .into_iter()
            .map(|(department, records)| Department {
                last_place: earlier.iter().position(|(name, _)| *name == department).map(|place| place as u64 + 1),
                department,
                records,
                ..Department::default()
            })
            .collect();
        for one in &mut found {
            let holds = self.cases.iter().flat_map(|case| &case.holds);
            let mut minutes: Vec<i64> = holds
                .filter(|hold| hold.holder == one.department && Week::of(hold.from, zone) == week)
                .map(|hold| i64::from(hold.minutes))
                .collect();
            minutes.sort_unstable();
            if let Some(last) = minutes.len().checked_sub(1) {
                one.hold_median_min = Some(minutes[last / 2]);
                one.hold_p90_min = Some(minutes[last * 9 / 10]);
            }
            let asked = self.cases.iter().flat_map(|case| &case.requests);
            let asked: Vec<_> =
                asked.filter(|r| r.to_department == one.department && Week::of(r.asked_at, zone) == week).collect();
            (one.requests, one.requests_late) =
                (asked.len() as u64, asked.iter().filter(|r| r.late_min > 0).count() as u64);
        }
        found
    }

    fn contacts(&self, week: Week, zone: &TimeZone, now: &[&RecordTruth]) -> Contacts {
        let mine: Vec<&ContactTruth> = self.contacts.iter().filter(|c| Week::of(c.occurred_at, zone) == week).collect();
        let window = |hours: u32| {
            let (seconds, age) =
                (hours * 3600, |c: &&&ContactTruth| self.newest.duration_since(c.occurred_at).as_secs());
            let old: Vec<_> = mine.iter().filter(|c| age(c) > i64::from(seconds)).collect();
            let resolved = old.iter().filter(|c| c.next_after_s.is_none_or(|next| next > seconds)).count() as u64;
            let contacts = old.len() as u64;
            let rate = (contacts > 0).then(|| resolved as f64 / contacts as f64);
            Fcr { hours, contacts, resolved, rate }
        };
        let effort: Vec<truth::EffortTruth> = now.iter().filter_map(|record| record.effort).collect();
        let minutes = |part: fn(&truth::EffortTruth) -> u32| f64::from(effort.iter().map(part).sum::<u32>()) / 60.0;
        Contacts {
            contacts: mine.len() as u64,
            calls: effort.len() as u64,
            chains: ranked(mine.iter().map(|c| c.chain_id.clone())).len() as u64,
            fcr: [24, 48, 72, 168].map(window).into(),
            wait_min: minutes(|e| e.wait_s),
            talk_min: minutes(|e| e.talk_s),
            press_min: minutes(|e| e.press_s),
            transfer_min: minutes(|e| e.transfer_s),
            repeat_min: minutes(|e| e.repeat_s),
            total_min: minutes(|e| e.total_s),
            asked_twice: u64::from(effort.iter().map(|e| e.repeat_s).sum::<u32>() / 30),
            presses: u64::from(effort.iter().map(|e| e.press_s).sum::<u32>() / 3),
            transfers: u64::from(effort.iter().map(|e| e.transfer_s).sum::<u32>() / 60),
        }
    }
}

/// Who answers for the over-promise.
fn owner(record: &RecordTruth) -> Option<String> {
    let share = record.responsible.iter().find(|share| share.cause == "promise.eta_overpromise");
    share.or(record.responsible.first()).map(|share| share.department.clone())
}

fn counts(week: Week, records: &[&RecordTruth]) -> WeekCounts {
    let kinds = ranked(records.iter().map(|record| record.kind.name().to_owned())).into_iter().collect();
    WeekCounts { week: week.to_string(), kinds, abstained: 0, pending: basis(records).pending }
}

fn basis(records: &[&RecordTruth]) -> Basis {
    let mut basis = Basis::default();
    for record in records {
        *match (record.judgements.is_empty(), record.basis) {
            (false, _) => &mut basis.judgement,
            (true, truth::Basis::Facts) => &mut basis.facts,
            (true, truth::Basis::Text) => &mut basis.text,
            (true, truth::Basis::Pending) => &mut basis.pending,
        } += 1;
    }
    basis
}

fn complaints<'r>(records: &'r [&'r RecordTruth]) -> impl Iterator<Item = &'r &'r RecordTruth> {
    records.iter().filter(|record| record.kind == Kind::Complaint)
}

fn causes(records: &[&RecordTruth]) -> Vec<CauseCount> {
    let total = complaints(records).count() as f64;
    let count = |(code, records): (String, u64)| {
        let share = records as f64 / total;
        let spread = 1.96 * (share * (1.0 - share) / total).sqrt();
        CauseCount { code, records, share, low: (share - spread).max(0.0), high: (share + spread).min(1.0) }
    };
    ranked(complaints(records).flat_map(|record| record.causes.clone())).into_iter().map(count).collect()
}

fn pairs(records: &[&RecordTruth]) -> Vec<PairCount> {
    let pair = |record: &&RecordTruth| {
        let department = record.department.clone()?;
        Some(record.causes.clone().into_iter().map(move |code| (code, department.clone())).collect::<Vec<_>>())
    };
    let pairs = ranked(complaints(records).filter_map(pair).flatten());
    pairs.into_iter().map(|((code, department), records)| PairCount { code, department, records }).collect()
}

fn quotes(records: &[&RecordTruth]) -> BTreeMap<String, Quote> {
    let mut quotes = BTreeMap::new();
    for record in complaints(records) {
        let Some(code) = record.causes.first() else { continue };
        let text = format!("<{code}> 的客户“原话”");
        quotes.entry(code.clone()).or_insert(Quote { record_id: record.record_id.clone(), text });
    }
    quotes
}

fn lanes_before(records: &[&RecordTruth]) -> Vec<LaneCount> {
    let over = records.iter().filter(|record| is_over_promised(record));
    ranked(over.filter_map(|record| lane_name(record)))
        .into_iter()
        .map(|(lane, records)| LaneCount { lane, records })
        .collect()
}

fn menus(records: &[&RecordTruth]) -> Vec<MenuNode> {
    let calls = records.iter().filter(|record| record.effort.is_some()).count() as u64;
    let path = ["主菜单", "9 更多服务", "9-4 其他业务"].map(str::to_owned).into();
    let node = MenuNode {
        path,
        calls,
        ended: calls,
        gave_up: 0,
        looped: calls,
        presses: calls * 22,
        lost_min: calls as f64 * 1.1,
    };
    if calls == 0 { Vec::new() } else { vec![node] }
}

fn campaigns(records: &[&RecordTruth]) -> Vec<Campaign> {
    let linked = records.iter().filter_map(|record| record.promotion.as_ref());
    let campaign = |(promise_id, records_of): (String, u64)| Campaign {
        owner: "市场".into(),
        agents_notified_at: None,
        records: records_of,
        knew_first: records
            .iter()
            .filter_map(|record| record.promotion.as_ref())
            .filter(|p| p.promise_id == promise_id && p.knew_first)
            .count() as u64,
        promise_id,
    };
    ranked(linked.map(|p| p.promise_id.clone())).into_iter().map(campaign).collect()
}

fn people(records: &[&RecordTruth]) -> People {
    let praise: Vec<_> = records.iter().filter(|record| record.stream == Stream::Commendations).collect();
    let praised = ranked(praise.iter().filter_map(|record| record.agent_no.clone()));
    let cleared = records.iter().filter_map(|record| record.exonerated.as_ref());
    let moved = ranked(cleared.clone().map(|e| e.moved_to.clone()));
    let agents =
        |to: &str| ranked(cleared.clone().filter(|e| e.moved_to == to).map(|e| e.agent_no.clone())).len() as u64;
    People {
        commendations: praise.len() as u64,
        praised: praised.into_iter().take(5).map(|(name, records)| Praised { name, records, quote: None }).collect(),
        exonerated: cleared.clone().count() as u64,
        moved: moved
            .into_iter()
            .map(|(department, records)| Moved { agents: agents(&department), department, records })
            .collect(),
        abuse: records.iter().filter(|record| record.abuse).count() as u64,
        band_low: 65,
        band_high: 90,
        ..People::default()
    }
}

fn versions(records: u64) -> Versions {
    let names = ["d", "t", "r", "m"].map(str::to_owned);
    let [dictionary, taxonomy, rules, model] = names;
    Versions {
        program: "0.1.0".into(),
        readings: (records > 0)
            .then_some(ReadingVersion { dictionary, taxonomy, rules, model, records })
            .into_iter()
            .collect(),
    }
}

fn check(name: &str, text: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    let differing = golden.lines().zip(text.lines()).find(|(a, b)| a != b);
    assert!(golden == text, "{name} differs, first at {differing:?}; UPDATE_GOLDEN=1 writes it anew");
}

#[test]
fn three_weeks() {
    let (centre, taxonomy) = (centre(), Taxonomy::shipped().unwrap());
    let validator = {
        let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
        compiler.add_resource("report.json", tingjian_report::schema()).unwrap();
        (compiler.compile("report.json", &mut schemas).unwrap(), schemas)
    };
    for (name, week) in [("quiet", "2026-W43"), ("wave", "2026-W45"), ("empty", "2026-W20")] {
        let report = compose(&centre.answers(week), &taxonomy);
        let edition = Edition::first(report.clone()).unwrap();
        let (page, document) = (html(&edition).unwrap(), json(&edition).unwrap());
        validator.1.validate(&serde_json::from_str(&document).unwrap(), validator.0).expect(name);
        for file in [&page, &document] {
            assert_eq!(read(file).unwrap().edition, edition, "{name}: read back");
            assert!(file.len() < 500_000, "{name}: {} bytes", file.len());
        }
        assert_eq!(compose(&centre.answers(week), &taxonomy), report, "{name}: the same again");
        check(&format!("{name}.html"), &page);
        check(&format!("{name}.json"), &document);
    }
}

#[test]
fn what_is_added_stands_beside_and_changes_nothing() {
    let (centre, taxonomy) = (centre(), Taxonomy::shipped().unwrap());
    let first = Edition::first(compose(&centre.answers("2026-W45"), &taxonomy)).unwrap();
    let lane = format!("lane:{}", first.report.over_promises.items[0].lane);
    let at: Timestamp = "2026-11-17T01:00:00Z".parse().unwrap();
    let objection = |about: &str| Objection {
        at,
        by: "liu".into(),
        department: "市场".into(),
        about: about.into(),
        text: "<b>当周</b>有暴雪".into(),
    };
    let second = first.objected(objection(&lane)).unwrap();
    assert!(first.objected(objection("lane:none")).is_err());
    let page = html(&second).unwrap();
    assert!(!page.contains("<b>当周"), "its words are nothing but words");
    let (row, after) = page.split_once("当周").expect("its words");
    assert!(
        row.contains(&first.report.over_promises.items[0].lane)
            && after.contains(&first.report.over_promises.items[1].lane)
    );
    assert_eq!((second.edition, &second.report), (2, &first.report));

    assert_eq!(second.amended(&first.report, at, "admin").unwrap(), None, "the same says nothing");
    let mut now = first.report.clone();
    now.volumes.records += 1;
    let third = second.amended(&now, at, "admin").unwrap().unwrap();
    assert_eq!((third.edition, &third.report), (3, &first.report));
    assert_eq!(third.amendments[0].differences[0].at, "/volumes/records");
    assert_eq!(third.amended(&now, at, "admin").unwrap(), None, "said once");
    assert!(html(&third).unwrap().contains("更正"));
}
