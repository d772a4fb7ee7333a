//! The same options give the same bytes, in the order of time, whatever is asked of them beside.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use tingjian_simulation::{Disorder, Options, OptionsError, Output, Rise, Scenario, SimulatedEvent, Simulation};
use xxhash_rust::xxh3::Xxh3;

fn options(events: u64, weeks: u32, seed: u64) -> Options {
    Options::ending("2026-11-16T00:00:00+08:00".parse().unwrap(), weeks, events, seed).unwrap()
}

fn events(options: &Options) -> Vec<SimulatedEvent> {
    Simulation::new(options).unwrap().events().collect()
}

fn hash(events: &[SimulatedEvent]) -> u64 {
    let mut hasher = Xxh3::new();
    for event in events {
        hasher.update(event.stream.name().as_bytes());
        hasher.update(event.json.as_bytes());
        hasher.update(b"\n");
    }
    hasher.digest()
}

/// Changes on purpose only: whoever changes phrases or habits sets it anew.
const GOLDEN: u64 = 0xe841_dc25_ec7f_6699;

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let first = events(&options(20_000, 8, 7));
    assert_eq!(first, events(&options(20_000, 8, 7)));
    assert_eq!(hash(&first), GOLDEN, "the bytes of seed 7 have changed: {:#x}", hash(&first));
    assert_ne!(hash(&first), hash(&events(&options(20_000, 8, 8))));
}

#[test]
fn truth_is_the_same_too() {
    let run = || Simulation::new(&options(5_000, 4, 3)).unwrap().collect::<Vec<Output>>();
    assert_eq!(run(), run());
}

#[test]
fn events_come_in_the_order_of_time_and_inside_the_weeks() {
    let options = options(20_000, 8, 1);
    let events = events(&options);
    assert!(events.windows(2).all(|pair| pair[0].occurred_at <= pair[1].occurred_at));
    assert_eq!(options.start, "2026-09-21T00:00:00+08:00".parse().unwrap());
    assert!(events.iter().all(|event| event.occurred_at >= options.start));
    assert!(events.iter().all(|event| event.occurred_at < "2026-11-16T00:00:00+08:00".parse().unwrap()));
    let (wanted, given) = (20_000.0, events.len() as f64);
    assert!((given / wanted - 1.0).abs() < 0.06, "{given} events");
}

#[test]
fn a_longer_run_begins_like_a_shorter_one() {
    let short = Options { scenario: Scenario::quiet(), ..options(10_000, 4, 5) };
    let long = Options { weeks: 8, events: 20_000, ..short.clone() };
    let quiet = |options: &Options| {
        let mut events = events(options);
        // Only what the end decides differs: which deliveries are reported because they are still open.
        events.retain(|event| event.stream != tingjian_schemas::Stream::Deliveries);
        events
    };
    let (short, long) = (quiet(&short), quiet(&long));
    let alike = short.iter().zip(&long).take_while(|(a, b)| a == b).count();
    assert!(alike > 500, "only the first {alike} events are alike");
}

#[test]
fn weeks_end_before_the_week_of_until() {
    for (until, start) in [
        ("2026-11-16T00:00:00+08:00", "2026-11-09T00:00:00+08:00"),
        ("2026-11-15T23:59:59+08:00", "2026-11-02T00:00:00+08:00"),
        ("2026-11-18T12:00:00Z", "2026-11-09T00:00:00+08:00"),
        ("2027-01-01T00:00:00+08:00", "2026-12-21T00:00:00+08:00"),
    ] {
        let options = Options::ending(until.parse().unwrap(), 1, 10, 0).unwrap();
        assert_eq!(options.start, start.parse().unwrap(), "until {until}");
    }
}

#[test]
fn wrong_options_are_refused_in_words() {
    let good = options(1_000, 4, 0);
    let with = |scenario: Scenario| Options { scenario, ..good.clone() };
    let rise = |cause: &str, week, factor| {
        with(Scenario { rise: Some(Rise { cause: cause.to_owned(), week, factor }), ..Scenario::default() })
    };
    for (wrong, why) in [
        (Options { weeks: 0, ..good.clone() }, OptionsError::Weeks(0)),
        (Options { events: 0, ..good.clone() }, OptionsError::Events(0)),
        (
            with(Scenario { over_promise_wave: Some(4), ..Scenario::default() }),
            OptionsError::Week { what: "over_promise_wave", week: 4, weeks: 4 },
        ),
        (rise("no.such", 1, 3), OptionsError::Cause("no.such".to_owned())),
        (rise("system.outage", 1, 1), OptionsError::Factor(1)),
        (rise("system.outage", 9, 3), OptionsError::Week { what: "rise", week: 9, weeks: 4 }),
    ] {
        assert_eq!(Simulation::new(&wrong).err(), Some(why));
    }
}

#[test]
fn disorder_loses_nothing() {
    let sorted = |mut events: Vec<SimulatedEvent>| {
        events.sort_by(|a, b| a.json.cmp(&b.json));
        events
    };
    let run = || Simulation::new(&options(10_000, 4, 2)).unwrap().events();
    let plain: Vec<_> = run().collect();
    assert_eq!(Disorder::default().deliver(run()).collect::<Vec<_>>(), plain, "no disorder, no change");

    let shuffled: Vec<_> = Disorder { shuffled: true, seed: 1, ..Disorder::default() }.deliver(run()).collect();
    let in_place = shuffled.iter().zip(&plain).filter(|(a, b)| a == b).count();
    assert!(in_place < 100, "{in_place} events did not move");
    assert_eq!(sorted(shuffled), sorted(plain.clone()));

    let late: Vec<_> = Disorder { late_share: 0.05, seed: 1, ..Disorder::default() }.deliver(run()).collect();
    let mut newest = late[0].occurred_at;
    let mut overtaken = 0;
    for event in &late {
        overtaken += usize::from(event.occurred_at < newest);
        newest = newest.max(event.occurred_at);
    }
    let share = overtaken as f64 / plain.len() as f64;
    assert!((0.04..0.06).contains(&share), "{share} late");
    assert_eq!(sorted(late), sorted(plain.clone()));

    let double: Vec<_> = Disorder { duplicate_share: 0.05, seed: 1, ..Disorder::default() }.deliver(run()).collect();
    let share = double.len() as f64 / plain.len() as f64 - 1.0;
    assert!((0.04..0.06).contains(&share), "{share} double");
    let mut once = sorted(double);
    once.dedup();
    assert_eq!(once, sorted(plain));
}
