//! Whatever the order in which events come, how often, and in how many batches: the same answers, byte for byte.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use common::{TAXONOMY, told::*, world::event};
use proptest::prelude::*;
use tingjian_attribution::{Event, Facts, Inbox, asked, attribute, chains, contradictions, ledger, timeline};

/// Everything that can be told, as bytes.
fn everything(inbox: &Inbox) -> String {
    let facts = Facts::of(inbox.events(), &TAXONOMY);
    let as_of = at(35 * DAY);
    let told: Vec<_> = facts.contacts().map(|contact| attribute(&facts, contact, as_of)).collect();
    let cases: Vec<_> = facts.cases().map(|(key, case)| (timeline(case, as_of), asked(&facts, key, as_of))).collect();
    serde_json::to_string(&(told, ledger(&facts, as_of), cases, chains(&facts, as_of), contradictions(&facts))).unwrap()
}

fn taken<'a>(events: impl IntoIterator<Item = &'a (u64, Event)>) -> Inbox {
    let mut inbox = Inbox::default();
    events.into_iter().for_each(|(arrival, event)| inbox.take(*arrival, event.clone()));
    inbox
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_order_and_any_repetition_give_the_same_answers(
        (sent, shuffled) in prop::collection::vec(event(), 1..60).prop_flat_map(|sent| {
            let mut again: Vec<usize> = (0..sent.len()).collect();
            again.extend(0..sent.len() / 3);
            (Just(sent), Just(again).prop_shuffle())
        })
    ) {
        let mut world: Vec<Sent> = history(25, 30, 900);
        world.extend(sent);
        let events: Vec<(u64, Event)> = (0..).zip(world.iter().map(Sent::event)).collect();
        let expected = everything(&taken(&events));
        let mut moved: Vec<(u64, Event)> = shuffled.iter().map(|place| events[place + 25].clone()).collect();
        moved.extend(events[..25].iter().cloned());
        prop_assert_eq!(everything(&taken(&moved)), expected);
    }

    /// late = over-promise + overrun; the shares sum to what was late; holds sum to what elapsed.
    #[test]
    fn what_is_split_sums_to_the_whole(sent in prop::collection::vec(event(), 1..60)) {
        let mut world: Vec<Sent> = history(25, 30, 900);
        world.extend(sent);
        let facts = facts(&world);
        let as_of = at(35 * DAY);
        for contact in facts.contacts() {
            let told = attribute(&facts, contact, as_of);
            let Some(terms) = told.known.decomposition else { continue };
            if let (Some(over), Some(overrun)) = (terms.overpromise_min, terms.overrun_min) {
                prop_assert_eq!(over + overrun, terms.late_min);
            }
            let shares: i64 = told.unjudged.responsible.iter().filter_map(|share| share.minutes).sum();
            let split = told.unjudged.responsible.iter().any(|share| share.minutes.is_some());
            prop_assert!(!split || shares == terms.late_min);
            prop_assert!(told.unjudged.responsible.iter().filter_map(|share| share.minutes).all(|minutes| minutes > 0));
        }
        for (_, case) in facts.cases() {
            let line = timeline(case, as_of);
            prop_assert_eq!(line.holds.iter().map(|hold| hold.minutes).sum::<i64>(), line.elapsed_min);
            prop_assert!(line.holds.iter().all(|hold| hold.minutes >= 0));
        }
    }
}
