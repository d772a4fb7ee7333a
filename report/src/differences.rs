//! Where two documents say different things.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Differences listed at most; further ones are counted under the last.
const LISTED: usize = 500;

/// One place where a recomputation says something else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Difference {
    /// JSON pointer into the report.
    pub at: String,
    /// What was said; `null`: nothing.
    pub said: Value,
    /// What would be said now; `null`: nothing.
    pub now: Value,
}

/// Every place where two reports differ, in the order of the document.
pub fn differences(said: &Value, now: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    walk(String::new(), said, now, &mut found);
    found.truncate(LISTED);
    found
}

fn walk(at: String, said: &Value, now: &Value, found: &mut Vec<Difference>) {
    match (said, now) {
        (Value::Object(a), Value::Object(b)) => {
            for (key, value) in a {
                walk(format!("{at}/{key}"), value, b.get(key).unwrap_or(&Value::Null), found);
            }
            for (key, value) in b.iter().filter(|(key, _)| !a.contains_key(*key)) {
                walk(format!("{at}/{key}"), &Value::Null, value, found);
            }
        }
        (Value::Array(a), Value::Array(b)) => {
            for place in 0..a.len().max(b.len()) {
                let of = |list: &[Value]| list.get(place).cloned().unwrap_or(Value::Null);
                walk(format!("{at}/{place}"), &of(a), &of(b), found);
            }
        }
        _ if said == now => {}
        _ => found.push(Difference { at, said: said.clone(), now: now.clone() }),
    }
}
