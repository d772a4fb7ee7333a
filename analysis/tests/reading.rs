//! Behaviour of the analyser through its public door.

use proptest::prelude::*;
use tingjian_analysis::{Analyser, Context, Options};
use tingjian_schemas::{Kind, Taxonomy};

fn analyser() -> Analyser {
    Analyser::new(&Taxonomy::shipped().expect("valid"), &Options::default())
        .expect("shipped rules fit the shipped taxonomy")
}

#[test]
fn names_the_cause_with_evidence() {
    let reading = analyser().read("配送太慢了，等得花都谢了", &Context::default());
    let cause = reading.causes.first().expect("a cause");
    assert_eq!(&*cause.code, "fulfil.transit_delay");
    assert_eq!(reading.kind, Kind::Complaint);
    assert!(!cause.evidence.is_empty());
}

proptest! {
    #[test]
    fn never_panics_and_spans_lie_inside(text in "(\\PC|[配送慢不好但客服态度差。，？\n]){0,80}") {
        let reading = analyser().read(&text, &Context::default());
        let length = reading.text.chars().count() as u32;
        prop_assert!(reading.causes.len() <= 3);
        for cause in &reading.causes {
            prop_assert!(!cause.evidence.is_empty());
            prop_assert!(cause.evidence.iter().all(|s| s.start < s.end && s.end <= length));
        }
    }
}
