//! Thanks sent on: who may, to whom they go, what is shown of them.

use std::time::Instant;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tingjian_query::PraisedView;
use tingjian_warehouse::{Span, Whose};
use utoipa::ToSchema;

use super::{
    filing::within,
    receipts::{may_see, whose},
};
use crate::{
    app::App,
    commendations::{Badge, Sending, Thanks},
    http::{access::Visitor, problem::Problem},
    limits,
};

/// Characters of the words at most.
pub const MOST_CHARS: usize = 500;
/// Rows of a month's badges at most.
const BADGES_SHOWN: u32 = 200;

/// What is sent on.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewThanks {
    /// `thanks` (default), `patience`, `expertise`, `solver`, `kindness` or `swiftness`.
    #[serde(default)]
    pub badge: String,
    /// A few words; personal data is masked.
    #[serde(default)]
    pub words: String,
}

/// Thanks of one sender.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ThanksView {
    /// Name of the account.
    pub sent_by: String,
    /// Its role then.
    pub role: String,
    /// For what.
    pub badge: String,
    /// In which words.
    pub words: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub sent_at: Timestamp,
    /// Whom they went to.
    pub thanked: Vec<ThankedView>,
}

/// An agent who was thanked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ThankedView {
    /// 工号.
    pub agent_no: String,
    /// When it was read; `null`: not yet.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub read_at: Option<Timestamp>,
}

/// How often an agent got a badge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BadgeView {
    /// 工号.
    pub agent_no: String,
    /// Which.
    pub badge: String,
    /// How often.
    pub times: u32,
}

impl From<Thanks> for ThanksView {
    fn from(thanks: Thanks) -> Self {
        let Thanks { sent_by, role, badge, words, sent_at, thanked } = thanks;
        let thanked = thanked.into_iter().map(|(agent_no, read_at)| ThankedView { agent_no, read_at });
        Self { sent_by, role, badge, words, sent_at, thanked: thanked.collect() }
    }
}

/// Thanks for one commendation.
///
/// # Errors
/// Store trouble.
pub fn of(app: &App, id: &str) -> Result<Vec<ThanksView>, Problem> {
    let all = app.commendations.thanks(id).map_err(|error| Problem::internal(&error))?;
    Ok(all.into_iter().map(ThanksView::from).collect())
}

/// Whether an agent has thanks they have not read.
pub fn awaits(thanks: &[ThanksView], agent_no: Option<&str>) -> bool {
    let mut all = thanks.iter().flat_map(|one| &one.thanked);
    agent_no.is_some_and(|own| all.any(|one| one.agent_no == own && one.read_at.is_none()))
}

/// The agents whom an account can still thank for a commendation: not itself, and nobody twice.
pub fn to_thank(visitor: &Visitor, praised: &[PraisedView], thanks: &[ThanksView]) -> Vec<String> {
    if thanks.iter().any(|one| one.sent_by == visitor.account.name) {
        return Vec::new();
    }
    let others = praised.iter().filter_map(|one| one.agent_no.clone());
    others.filter(|agent_no| visitor.account.agent_no.as_ref() != Some(agent_no)).collect()
}

/// Sends thanks on to every agent who was praised; `false` when this account has done so before.
///
/// # Errors
/// No such badge, too many words, too often; no commendation that they see; nobody there to thank.
pub async fn send(
    app: &App,
    visitor: &Visitor,
    id: &str,
    new: &NewThanks,
    now: Timestamp,
) -> Result<(bool, Vec<ThanksView>), Problem> {
    let badges = Badge::ALL.map(Badge::name).join("、");
    let badge = Badge::of_name(new.badge.trim());
    let badge = badge.ok_or_else(|| Problem::bad_request(format!("没有徽章 {}；可用：{badges}", new.badge)))?;
    if new.words.chars().count() > MOST_CHARS {
        return Err(Problem::bad_request(format!("感谢的话最多 {MOST_CHARS} 个字")));
    }
    within(app, &format!("thanks {}", visitor.account.name), limits::PRAISE, Instant::now())?;
    let missing = || Problem::not_found(format!("没有编号为 {id} 的表扬；刚提交的请稍候再试"));
    let found = tingjian_query::commendation(&app.warehouse, id).await?.ok_or_else(missing)?;
    if !may_see(&whose(app, visitor)?, &found.praised, found.filed_by.as_deref()) {
        return Err(missing());
    }
    let before = of(app, id)?;
    if before.iter().any(|one| one.sent_by == visitor.account.name) {
        return Ok((false, before));
    }
    let agents = to_thank(visitor, &found.praised, &before);
    if agents.is_empty() {
        return Err(Problem::bad_request("这条表扬里没有可以感谢的坐席：表扬的是部门，或就是您自己"));
    }
    // Kept here alone, and shown like the texts: without what would name a customer.
    let words = tingjian_analysis::normalise(new.words.trim());
    let words = tingjian_analysis::mask(&words);
    let (sent_by, role) = (visitor.account.name.as_str(), visitor.account.role.name());
    let sending = Sending { commendation_id: id, sent_by, role, badge, words: &words, agents: &agents };
    let sent = app.commendations.thank(&sending, now).map_err(|error| Problem::internal(&error))?;
    Ok((sent, of(app, id)?))
}

/// The badges of a span among the agents whose commendations a visitor sees; of one agent where one is named.
///
/// # Errors
/// Store trouble.
pub fn badges(app: &App, visitor: &Visitor, span: Span, agent_no: &str) -> Result<Vec<BadgeView>, Problem> {
    let seen = match whose(app, visitor)? {
        Whose::Everybodys => None,
        Whose::Of { agents, .. } => Some(agents),
    };
    let agents = match (seen, agent_no) {
        (seen, "") => seen,
        (None, one) => Some(vec![one.to_owned()]),
        (Some(seen), one) => Some(seen.into_iter().filter(|agent| agent == one).collect()),
    };
    let (since, until) = (span.since.unwrap_or(Timestamp::MIN), span.until.unwrap_or(Timestamp::MAX));
    let counted = app.commendations.badges(since, until, agents.as_deref(), BADGES_SHOWN);
    let counted = counted.map_err(|error| Problem::internal(&error))?;
    let view = |one: crate::commendations::BadgeCount| BadgeView {
        agent_no: one.agent_no,
        badge: one.badge,
        times: one.times,
    };
    Ok(counted.into_iter().map(view).collect())
}
