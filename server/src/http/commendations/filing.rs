//! Filing a commendation: through the same intake as the stream, so that nothing is lost.

use std::time::Instant;

use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tingjian_pipeline::Incoming;
use tingjian_query::PraisedView;
use tingjian_schemas::{Stream, decode};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    accounts::Account,
    app::{App, intake::Submission},
    commendations::Claim,
    http::{problem::Problem, streams},
    limits::Rate,
};

/// Who is praised.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Praise {
    /// 工号.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_no: Option<String>,
    /// Department.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
}

impl Praise {
    /// Of one agent.
    pub fn agent(agent_no: String) -> Self {
        Self { agent_no: Some(agent_no), department: None }
    }
}

/// A commendation on its way in.
#[derive(Clone, Debug)]
pub struct Filing {
    /// What was said.
    pub text: String,
    /// Of whom.
    pub praised: Vec<Praise>,
    /// Who files it: see [`filer`]; empty: a customer over a link.
    pub filed_by: String,
    /// Further fields of the event: where the recording is, the call it was said in.
    pub more: Map<String, Value>,
    /// The way it came.
    pub channel: &'static str,
    /// The caller's own id.
    pub event_id: Option<String>,
}

/// A commendation that is durable.
#[derive(Clone, Debug)]
pub struct Filed {
    /// Its id; of a duplicate that of the first.
    pub id: String,
    /// It was filed before.
    pub duplicate: bool,
    /// Who is praised.
    pub praised: Vec<PraisedView>,
}

/// By which name an account files: an agent's number, else its name.
pub fn filer(account: &Account) -> String {
    account.agent_no.clone().unwrap_or_else(|| account.name.clone())
}

/// Files it, unless the same was filed within a week.
///
/// # Errors
/// Nobody is praised, nothing is said; the intake refuses.
pub async fn file(app: &App, filing: Filing, now: Timestamp) -> Result<Filed, Problem> {
    let praised = tidy(&filing.praised);
    let text = filing.text.trim();
    if text.is_empty() {
        return Err(Problem::bad_request("请写下表扬的话（text）"));
    }
    if praised.is_empty() {
        return Err(Problem::bad_request("请写明表扬谁：工号 agent_no 或部门 department"));
    }
    let id = filing.event_id.clone().unwrap_or_else(|| format!("praise-{}", Uuid::now_v7().simple()));
    let claim = app.commendations.claim(&id, &content(text, &praised), &filing.filed_by, now);
    let id = match claim.map_err(|error| Problem::internal(&error))? {
        Claim::Duplicate(id) => return Ok(Filed { id, duplicate: true, praised: views(&praised) }),
        Claim::New(id) => id,
    };
    let submission = submission(&filing, text, &praised, &id, now)?;
    app.intake.append(vec![submission]).await.map_err(|error| streams::refused(&error))?;
    app.commendations.confirm(&id).map_err(|error| Problem::internal(&error))?;
    Ok(Filed { id, duplicate: false, praised: views(&praised) })
}

/// Takes one of `rate` under `key`.
///
/// # Errors
/// Too often, in words.
pub fn within(app: &App, key: &str, rate: Rate, now: Instant) -> Result<(), Problem> {
    app.limits.take(key, rate, now).map_err(|wait| {
        let seconds = wait.as_secs() + 1;
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, format!("提交过于频繁，请在 {seconds} 秒后再试"));
        Problem { retry_after_s: Some(seconds), ..problem }
    })
}

/// Without empty fields, and each once.
fn tidy(praised: &[Praise]) -> Vec<Praise> {
    let said = |text: &Option<String>| text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    let mut tidy: Vec<Praise> = Vec::new();
    for one in praised {
        let one = Praise { agent_no: said(&one.agent_no), department: said(&one.department) };
        if one != Praise::default() && !tidy.contains(&one) {
            tidy.push(one);
        }
    }
    tidy
}

/// What makes two commendations the same: the words without spaces and marks, and who is praised.
fn content(text: &str, praised: &[Praise]) -> String {
    let words: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    let mut named: Vec<_> = praised.iter().map(|one| format!("{:?}/{:?}", one.agent_no, one.department)).collect();
    named.sort();
    format!("{words}\n{}", named.join("\n"))
}

fn submission(
    filing: &Filing,
    text: &str,
    praised: &[Praise],
    id: &str,
    now: Timestamp,
) -> Result<Submission, Problem> {
    let own = json!({ "event_id": id, "source": "praise", "text": text, "praised": praised });
    let mut event = Map::from_iter([
        ("occurred_at".to_owned(), Value::String(now.to_string())),
        ("channel".to_owned(), Value::from(filing.channel)),
    ]);
    event.extend(praised.iter().find_map(|one| Some(("agent_no".to_owned(), one.agent_no.clone()?.into()))));
    event.extend(filing.more.clone());
    event.extend(own.as_object().cloned().unwrap_or_default());
    if !filing.filed_by.trim().is_empty() {
        event.insert("filed_by".to_owned(), filing.filed_by.clone().into());
    }
    let bytes = Value::Object(event).to_string().into_bytes();
    // What the flow would refuse is refused here, where somebody can still mend it.
    let decoded = decode(Stream::Commendations, &bytes).map_err(|wrong| Problem::bad_request(wrong.message_zh()))?;
    let key = Some(decoded.partition_key().as_bytes().to_vec());
    Ok(Submission { event: Incoming { stream: Stream::Commendations, bytes: bytes.into() }, key })
}

fn views(praised: &[Praise]) -> Vec<PraisedView> {
    praised
        .iter()
        .map(|one| PraisedView { agent_no: one.agent_no.clone(), department: one.department.clone() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_words_for_the_same_people_are_the_same() {
        let of = |numbers: &[&str]| numbers.iter().map(|n| Praise::agent((*n).to_owned())).collect::<Vec<_>>();
        let one = content("小李 很耐心！", &of(&["0417", "0526"]));
        assert_eq!(one, content("小李很耐心。", &of(&["0526", "0417"])));
        assert_ne!(one, content("小李很耐心", &of(&["0417"])));
        assert_ne!(one, content("小王很耐心", &of(&["0417", "0526"])));
    }

    #[test]
    fn nobody_is_praised_twice_or_by_an_empty_name() {
        let praised = [Praise::agent(" 0417 ".into()), Praise::agent("0417".into()), Praise::agent("  ".into())];
        assert_eq!(tidy(&praised), [Praise::agent("0417".into())]);
    }
}
