//! What is planted is there and can be found; a quiet history has none of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use std::collections::BTreeMap;

use tingjian_schemas::{Kind, Stream};
use tingjian_simulation::{
    Options, Output, Rise, Scenario, Simulation, Summary,
    truth::{Basis, RecordTruth, Truth},
};

fn options(events: u64) -> Options {
    Options::ending("2026-11-16T00:00:00+08:00".parse().unwrap(), 8, events, 21).unwrap()
}

fn run(options: &Options) -> (Vec<RecordTruth>, Summary) {
    let mut run = Simulation::new(options).unwrap();
    let records = run.by_ref().filter_map(|output| match output {
        Output::Truth(Truth::Record(record)) => Some(*record),
        _ => None,
    });
    let records = records.collect();
    (records, run.summary().clone())
}

fn week(options: &Options, record: &RecordTruth) -> usize {
    ((record.occurred_at.as_second() - options.start.as_second()) / (7 * 86_400)) as usize
}

/// Records for which `test` holds, by week.
fn weekly(options: &Options, records: &[RecordTruth], test: impl Fn(&RecordTruth) -> bool) -> Vec<u32> {
    let mut counts = vec![0; options.weeks as usize];
    for record in records.iter().filter(|record| test(record)) {
        counts[week(options, record)] += 1;
    }
    counts
}

#[test]
fn lanes_and_agents() {
    let (records, summary) = run(&options(60_000));
    let lane = |role: &str| summary.lanes.iter().find(|lane| lane.role.as_deref() == Some(role)).unwrap();
    let over = lane("over_promised");
    assert!(over.capability.p90_min.unwrap() > 2 * over.promised_min.unwrap());
    assert!(over.kept_at_promise.unwrap() < 0.2 && over.suggested_min.unwrap() > 3 * over.promised_min.unwrap());
    let generous = lane("generous");
    assert!(generous.capability.p90_min.unwrap() < generous.promised_min.unwrap());
    assert!(lane("few_deliveries").finished < 20 && lane("few_deliveries").capability.p90_min.is_some());
    assert!(lane("unknown_capability").capability.level.is_none());

    let blamed = |record: &&RecordTruth| record.lane.as_ref() == Some(&over.lane) && record.basis == Basis::Facts;
    let complete: Vec<_> = records.iter().filter(blamed).filter(|record| !record.responsible.is_empty()).collect();
    let market = complete.iter().filter(|record| record.responsible[0].department == "市场").count();
    assert!(market * 2 > complete.len(), "{market} of {}", complete.len());
    let on_generous = records.iter().filter(|record| record.lane.as_ref() == Some(&generous.lane));
    let late_generous = on_generous.filter(|record| record.delay.is_some_and(|delay| delay.late_min > 0));
    for record in late_generous.filter(|record| record.promise.as_ref().unwrap().promised_min == 4320) {
        assert!(record.responsible.iter().all(|r| r.department == "物流"), "{record:?}");
    }

    let most = |counts: &BTreeMap<String, u64>| counts.iter().max_by_key(|(_, count)| **count).unwrap().0.clone();
    assert_eq!(most(&summary.exonerated), summary.planted.quoting_agent);
    assert_eq!(most(&summary.abuse), summary.planted.abused_agent);
    assert_eq!(most(&summary.contacts_by_agent), summary.planted.overloaded_agent);
    let by_agent = |test: &dyn Fn(&RecordTruth) -> bool| {
        let mut counts = BTreeMap::new();
        for record in records.iter().filter(|record| test(record)) {
            *counts.entry(record.agent_no.clone().unwrap()).or_default() += 1;
        }
        most(&counts)
    };
    assert_eq!(by_agent(&|record| record.misquoted_by.is_some()), summary.planted.misquoting_agent);
    assert_eq!(by_agent(&|record| record.kind == Kind::Commendation), summary.planted.praised_agent);
    let rude = |record: &RecordTruth| record.causes.first().is_some_and(|cause| cause == "people.attitude");
    assert_eq!(by_agent(&rude), summary.planted.rude_agent);
}

#[test]
fn departments_judges_campaigns_and_menus() {
    let (records, summary) = run(&options(60_000));
    let share = |part: u64, of: u64| part as f64 / of as f64;
    for (department, requests) in summary.requests.iter().filter(|(_, requests)| requests.asked >= 60) {
        let late = share(requests.late, requests.asked);
        assert_eq!(late > 0.4, *department == summary.planted.late_department, "{department} late: {late}");
    }
    let unfair = summary.judges[&summary.planted.unfair_judge];
    for (judge, judged) in summary.judges.iter().filter(|(judge, _)| **judge != summary.planted.unfair_judge) {
        assert!(share(judged.overturned, judged.given) * 2.0 < share(unfair.overturned, unfair.given), "{judge}");
    }
    let campaigns = &summary.promotions;
    assert_eq!(campaigns.len(), 4);
    let knew = |lane: u16| {
        share(
            campaigns[&format!("sim21-standing-{lane}-1")].knew_first,
            campaigns[&format!("sim21-standing-{lane}-1")].records,
        )
    };
    assert!((0.1..0.9).contains(&knew(10)), "told late: {}", knew(10));
    assert_eq!((knew(12), knew(13)), (1.0, 0.0), "never told; told before");

    let confused: Vec<_> = records
        .iter()
        .filter(|r| r.stream == Stream::CallNotes && r.causes.first().is_some_and(|c| c == "access.ivr_confusing"))
        .collect();
    let long = confused.iter().filter(|record| record.effort.unwrap().press_s >= 60).count();
    assert!(long * 10 > confused.len() * 7, "{long} of {} pressed on and on", confused.len());
    assert!(summary.planted.confusing_menu.len() > 6);

    let broken = summary.ledger["callback"][&tingjian_simulation::truth::Outcome::Broken];
    assert!(broken > 100, "{broken} callbacks missed");
    let about = |cause: &str, basis: Basis| {
        records.iter().filter(|r| r.causes.first().is_some_and(|c| c == cause) && r.basis == basis).count()
    };
    assert!(about("promise.callback_missed", Basis::Facts) > 50);
    assert!(about("process.dept_slow", Basis::Facts) > 50);
    let open = records.iter().filter(|record| record.delivery.is_some_and(|delivery| delivery.open)).count();
    assert!(open > 20, "{open} still open");
}

#[test]
fn the_wave_begins_in_its_week() {
    let options = options(60_000);
    assert_eq!(options.scenario.over_promise_wave, Some(6));
    let (records, summary) = run(&options);
    let waves: Vec<_> =
        summary.lanes.iter().filter(|lane| lane.role.as_deref() == Some("wave")).map(|l| &l.lane).collect();
    assert_eq!(waves.len(), 3);
    let counts = weekly(&options, &records, |record| {
        record.lane.as_ref().is_some_and(|lane| waves.contains(&lane))
            && record.responsible.iter().any(|r| r.department == "市场" && r.minutes.is_some())
    });
    assert_eq!(counts[..6].iter().sum::<u32>(), 0, "{counts:?}");
    assert!(counts[6] > 15 && counts[7] > 15, "{counts:?}");
}

#[test]
fn a_rise_is_threefold_and_a_quiet_history_quiet() {
    let data_silo =
        |record: &RecordTruth| record.causes.first().is_some_and(|cause| cause == "promise.ad_exaggeration");
    let quiet = Options { scenario: Scenario { orderless_chains: false, ..Scenario::quiet() }, ..options(120_000) };
    let (records, summary) = run(&quiet);
    let still = weekly(&quiet, &records, data_silo);
    let mean = still.iter().sum::<u32>() as f64 / 8.0;
    assert!(still.iter().all(|count| (f64::from(*count) - mean).abs() < 5.0 * mean.sqrt()), "{still:?}");
    assert!(summary.promotions.is_empty());
    assert_eq!(summary.ledger.keys().filter(|maker| *maker == "advert").count(), 0);

    let rise = Some(Rise { cause: "promise.ad_exaggeration".to_owned(), week: 5, factor: 3 });
    let rising = Options { scenario: Scenario { rise, ..quiet.scenario.clone() }, ..quiet };
    let counts = weekly(&rising, &run(&rising).0, data_silo);
    let usual = (counts.iter().sum::<u32>() - counts[5]) as f64 / 7.0;
    assert!((2.3..3.7).contains(&(f64::from(counts[5]) / usual)), "{counts:?}");
}

#[test]
fn without_orderless_chains_only_orders_bring_customers_back() {
    let mut options = options(20_000);
    options.scenario.orderless_chains = false;
    let (records, _) = run(&options);
    for record in records.iter().filter(|record| record.chain_id.as_ref().is_some_and(|id| *id != record.record_id)) {
        assert!(record.order_id.is_some(), "{record:?}");
    }
}
