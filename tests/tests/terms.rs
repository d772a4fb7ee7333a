//! A phrase that nobody wrote before is found in the week in which many write it, with the records that hold it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use serde_json::Value;
use tingjian_tests::{Sandbox, complaint};

const WEEKS: usize = 8;
const A_WEEK: usize = 40;

#[test]
fn a_new_phrase_is_surprising_in_its_week() {
    let sandbox = Sandbox::start();
    let client = sandbox.client();
    let usual = ["物流太慢，催了两次", "客服态度不好", "包裹破损，里面少了一件", "退款一直没有到账"];
    let mut events = Vec::new();
    // Weeks of 2026-09-21 to 2026-11-15.
    for number in 0..WEEKS * A_WEEK {
        let day = number * 7 / A_WEEK;
        let (month, day) = [(9, 21 + day), (10, (21 + day).saturating_sub(30)), (11, (21 + day).saturating_sub(61))]
            [usize::from(day >= 10) + usize::from(day >= 41)];
        let last = number >= (WEEKS - 1) * A_WEEK;
        let text = match last && number % 2 == 0 {
            true => "外箱换成蓝色编织袋，全压坏了",
            false => usual[number % usual.len()],
        };
        events.push(complaint(&format!("r{number}"), &format!("2026-{month:02}-{day:02}T12:00:00+08:00"), text));
    }
    client.send("complaints", &events);
    sandbox.settle();
    let told = client.ask("/api/v1/emerging", &[("week", "2026-W46")]);
    let terms: Vec<&Value> = told["items"].as_array().unwrap().iter().filter(|item| item["kind"] == "term").collect();
    assert!(terms.iter().any(|item| item["cause"].as_str().is_some_and(|term| "蓝色编织袋".contains(term))), "{told}");
    for item in &terms {
        let evidence: Vec<&str> = item["evidence"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
        let (id, term) = (evidence[0], item["cause"].as_str().unwrap());
        let record = client.ask(&format!("/api/v1/records/{id}"), &[]);
        assert!(record["text"].as_str().unwrap().contains(term), "{item} {record}");
    }
    // The week before held nothing new.
    let before = client.ask("/api/v1/emerging", &[("week", "2026-W45")]);
    assert!(before["items"].as_array().unwrap().iter().all(|item| item["kind"] != "term"), "{before}");
    assert_eq!(told["terms_of_one_in"], 1);
}
