//! What the report says, field by field; `docs/report.md` says by which rules.

use jiff::{Timestamp, civil::Date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The report of one week. Frozen once it is published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// ISO week, `2026-W47`.
    pub week: String,
    /// Monday.
    pub first_day: Date,
    /// Sunday.
    pub last_day: Date,
    /// First moment.
    pub since: Timestamp,
    /// End, exclusive.
    pub until: Timestamp,
    /// IANA name of the zone in which weeks begin.
    pub zone: String,
    /// Time of the newest event known; `null`: none at all.
    pub as_of: Option<Timestamp>,
    /// Address of the server that links lead to; empty: relative links.
    pub base_url: String,
    /// Why the week is not whole; empty: it is.
    pub incomplete: Vec<String>,
    /// The one sentence.
    pub sentence: Sentence,
    /// How much there was.
    pub volumes: Volumes,
    /// Top causes of complaints.
    pub causes: Causes,
    /// Promises that lanes cannot keep.
    pub over_promises: OverPromises,
    /// Departments, the one that answers for most records first.
    pub departments: Vec<Department>,
    /// What it cost customers.
    pub effort: Effort,
    /// What is surprising.
    pub emerging: Emerging,
    /// Customers who knew of a promotion before the agents.
    pub campaigns: Vec<Campaign>,
    /// Praise, exonerations, abuse, load.
    pub people: People,
    /// What was said last week, and what became of it.
    pub followed: Followed,
    /// How good the data are.
    pub quality: Quality,
    /// What made the readings.
    pub versions: Versions,
    /// Appendix: questions that people had put into the report, answered within their rights.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<Asked>,
}

/// A question of somebody's own, with its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Asked {
    /// What its owner calls it.
    pub name: String,
    /// Whose it is.
    pub by: String,
    /// The query string of `/causes` that asks the same: the week, and what its owner may see, within it.
    pub query: String,
    /// Distinct records.
    pub total: u64,
    /// The largest groups.
    pub groups: Vec<AskedGroup>,
}

/// One group of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AskedGroup {
    /// Its key.
    pub key: String,
    /// The key as people read it.
    pub name: String,
    /// Distinct records.
    pub records: u64,
}

/// By which rule the sentence was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SentenceRule {
    /// No record in the week.
    Nothing,
    /// Records, but no complaint with a cause.
    NoCause,
    /// The largest change that chance does not explain.
    Change,
    /// No change beyond chance: the largest cause.
    Largest,
    /// No week before to compare with: the largest cause.
    First,
}

/// The one sentence: what changed most and who owns it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Sentence {
    /// The rule that chose it.
    pub rule: SentenceRule,
    /// Leaf of the taxonomy.
    pub cause: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Complaints under it.
    pub records: u64,
    /// In the week before.
    pub last_week: Option<u64>,
    /// Against the week before: 0.5 is half as many again.
    pub change: Option<f64>,
    /// Who answers for most of them.
    pub department: Option<String>,
    /// For how many.
    pub department_records: u64,
    /// The sentence.
    pub text: String,
}

/// Records of one kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct KindVolume {
    /// Kind.
    pub kind: String,
    /// Records of the week.
    pub records: u64,
    /// Of the week before.
    pub last_week: Option<u64>,
    /// Least and most of up to eight weeks before.
    pub band: Option<Band>,
}

/// Least and most of the weeks before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Band {
    /// Least.
    pub low: u64,
    /// Most.
    pub high: u64,
    /// Weeks it rests on.
    pub weeks: u64,
}

/// Records of one week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WeekVolume {
    /// ISO week.
    pub week: String,
    /// All records.
    pub records: u64,
    /// Complaints.
    pub complaints: u64,
}

/// On what attributions rest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Basis {
    /// A verdict.
    pub judgement: u64,
    /// Promise, delivery, capability, case.
    pub facts: u64,
    /// The text alone.
    pub text: u64,
    /// Not decided.
    pub pending: u64,
}

/// How much there was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Volumes {
    /// All records.
    pub records: u64,
    /// Of the week before.
    pub last_week: Option<u64>,
    /// Too unsure to be counted under a cause.
    pub abstained: u64,
    /// On what responsibility rests.
    pub basis: Basis,
    /// By kind.
    pub kinds: Vec<KindVolume>,
    /// This week and up to eight before, oldest first.
    pub weeks: Vec<WeekVolume>,
}

/// One customer's words, masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Quote {
    /// Record.
    pub record_id: String,
    /// What was said.
    pub text: String,
}

/// One cause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Cause {
    /// Leaf of the taxonomy.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Complaints.
    pub records: u64,
    /// Of all complaints of the week.
    pub share: f64,
    /// Lower 95 % bound of the share.
    pub low: f64,
    /// Upper 95 % bound of the share.
    pub high: f64,
    /// In the week before.
    pub last_week: Option<u64>,
    /// Against the week before.
    pub change: Option<f64>,
    /// Who answers for most of them; `null`: undecided.
    pub department: Option<String>,
    /// For how many.
    pub department_records: u64,
    /// One customer's words.
    pub quote: Option<Quote>,
}

/// Top causes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Causes {
    /// Complaints of the week.
    pub complaints: u64,
    /// Causes with complaints.
    pub total: u64,
    /// The largest.
    pub items: Vec<Cause>,
}

/// A lane whose promise is shorter than what it can do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OverPromise {
    /// `origin→destination/carrier/service`.
    pub lane: String,
    /// Who answers for the promise.
    pub owner: String,
    /// Complaints of the week with an over-promise share on it.
    pub records: u64,
    /// Of these, those the owner named answers for.
    pub owner_records: u64,
    /// In the week before.
    pub last_week: Option<u64>,
    /// What these customers were promised, median minutes.
    pub promised_min: i64,
    /// What the lane could do, median of P90 minutes.
    pub capability_min: i64,
    /// Deliveries of the last 28 days.
    pub deliveries: u32,
    /// What the lane promises today, minutes; `null`: nothing standing.
    pub promise_min: Option<i64>,
    /// Share kept at that promise.
    pub kept_at_promise: Option<f64>,
    /// The promise that would be kept 95 %, minutes.
    pub suggested_min: Option<u32>,
    /// Complaints of 28 days about late deliveries of the lane.
    pub late_complaints: u64,
    /// Those the suggested promise would have spared.
    pub avoided: u64,
}

/// Promises that lanes cannot keep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OverPromises {
    /// Complaints with an over-promise share.
    pub records: u64,
    /// In the week before.
    pub last_week: Option<u64>,
    /// Share of deliveries a suggested promise keeps.
    pub kept: f64,
    /// Lanes with any.
    pub total: u64,
    /// The worst lanes first.
    pub items: Vec<OverPromise>,
}

/// One department.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Department {
    /// Name.
    pub department: String,
    /// Records it answers for.
    pub records: u64,
    /// Its place last week by the same count; `null`: it had none.
    pub last_place: Option<u64>,
    /// Median of its holds, minutes.
    pub hold_median_min: Option<i64>,
    /// Nine of ten holds were at most this long, minutes.
    pub hold_p90_min: Option<i64>,
    /// Requests it got.
    pub requests: u64,
    /// Answered late, or overdue.
    pub requests_late: u64,
    /// Cases it had resolved that were opened again.
    pub reopened: u64,
    /// Judgements on it.
    pub judgements: u64,
    /// Overturned after an appeal.
    pub overturned: u64,
    /// overturned / judgements.
    pub overturn_rate: Option<f64>,
}

/// First-contact resolution within a window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Fcr {
    /// Window.
    pub hours: u32,
    /// Contacts older than it.
    pub contacts: u64,
    /// Of these followed by none.
    pub resolved: u64,
    /// resolved / contacts.
    pub rate: Option<f64>,
}

/// Contacts and what they cost customers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Contacts {
    /// Complaints and calls.
    pub contacts: u64,
    /// Calls.
    pub calls: u64,
    /// Chains they belong to.
    pub chains: u64,
    /// At 24, 48, 72 and 168 hours.
    pub fcr: Vec<Fcr>,
    /// Waiting, minutes.
    pub wait_min: f64,
    /// Talking, minutes.
    pub talk_min: f64,
    /// Pressing keys, minutes.
    pub press_min: f64,
    /// Being transferred, minutes.
    pub transfer_min: f64,
    /// Answering again, minutes.
    pub repeat_min: f64,
    /// All of it, minutes.
    pub total_min: f64,
    /// Questions answered again.
    pub asked_twice: u64,
    /// Key presses.
    pub presses: u64,
    /// Transfers.
    pub transfers: u64,
}

/// A node of the phone menu.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MenuNode {
    /// Path to it.
    pub path: Vec<String>,
    /// Calls that passed it.
    pub calls: u64,
    /// Calls that ended at it.
    pub ended: u64,
    /// Calls that ended at it without having spoken to anybody.
    pub gave_up: u64,
    /// Calls that came to it for the second time or more often.
    pub looped: u64,
    /// Key presses of the calls that ended at it.
    pub presses: u64,
    /// Minutes those calls waited and pressed keys.
    pub lost_min: f64,
}

/// What it cost customers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Effort {
    /// This week.
    pub now: Contacts,
    /// The week before.
    pub last_week: Option<Contacts>,
    /// The worst node of the phone menu.
    pub worst_menu: Option<MenuNode>,
}

/// Something surprising.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Surprise {
    /// `cause` or `cause_lane`.
    pub kind: String,
    /// Leaf of the taxonomy.
    pub cause: String,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// Lane of a `cause_lane`.
    pub lane: Option<String>,
    /// Records of the week.
    pub records: u64,
    /// What its history led to expect.
    pub expected: f64,
    /// Smallest bound of false discovery at which it is reported.
    pub q: f64,
    /// Some of the records.
    pub evidence: Vec<String>,
}

/// What is surprising.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Emerging {
    /// Weeks of history.
    pub weeks_before: u32,
    /// Cells held against their history.
    pub tested: u64,
    /// Surprising ones.
    pub total: u64,
    /// Bound of the expected share of false alarms.
    pub false_discovery: f64,
    /// The most surprising.
    pub items: Vec<Surprise>,
}

/// A promotion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Campaign {
    /// Promise id of the advert.
    pub promise_id: String,
    /// Who answers for it.
    pub owner: String,
    /// When agents were told; `null`: never.
    pub agents_notified_at: Option<Timestamp>,
    /// Records of the week linked to it.
    pub records: u64,
    /// Of these from customers who knew before the agents.
    pub knew_first: u64,
}

/// Somebody praised.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Praised {
    /// 工号 or department.
    pub name: String,
    /// Commendations.
    pub records: u64,
    /// For what.
    pub quote: Option<Quote>,
}

/// Where responsibility moved to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Moved {
    /// Who answers for the rule the agent quoted.
    pub department: String,
    /// Records.
    pub records: u64,
    /// Agents cleared.
    pub agents: u64,
}

/// Praise, exonerations, abuse, load.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct People {
    /// Commendations of the week.
    pub commendations: u64,
    /// Of these read by a supervisor; `null`: receipts are not kept here.
    pub commendations_read: Option<u64>,
    /// Most praised first.
    pub praised: Vec<Praised>,
    /// Records in which an agent quoted a rule and the rule was at fault.
    pub exonerated: u64,
    /// Where these moved to.
    pub moved: Vec<Moved>,
    /// Contacts with abuse.
    pub abuse: u64,
    /// Days of agents with contacts.
    pub agent_days: u64,
    /// Days below the band.
    pub days_under: u64,
    /// Days above the band.
    pub days_over: u64,
    /// Fewest contacts of a day within the band.
    pub band_low: u32,
    /// Most contacts of a day within the band.
    pub band_high: u32,
}

/// Something said last week.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FollowedItem {
    /// Leaf of the taxonomy, or lane.
    pub key: String,
    /// Its name.
    pub name: String,
    /// As last week's report said.
    pub then: u64,
    /// This week.
    pub now: u64,
    /// now against then.
    pub change: Option<f64>,
}

/// What last week's report said, where it was published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Said {
    /// Hash of that report.
    pub sha256: String,
    /// Its sentence.
    pub sentence: String,
    /// Its causes and counts.
    pub causes: Vec<(String, u64)>,
    /// Its lanes and counts.
    pub lanes: Vec<(String, u64)>,
}

/// What was said last week, and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Followed {
    /// Hash of last week's published report; `null`: none was, so that what it would have said is worked out anew.
    pub sha256: Option<String>,
    /// Its sentence.
    pub sentence: Option<String>,
    /// Causes it named.
    pub causes: Vec<FollowedItem>,
    /// Lanes it named.
    pub lanes: Vec<FollowedItem>,
}

/// Dead letters of one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeadLetters {
    /// Stream.
    pub stream: String,
    /// Reason.
    pub reason: String,
    /// How many.
    pub letters: u64,
}

/// How good the data are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Quality {
    /// Distinct events of all streams, ever.
    pub events: u64,
    /// Events the source has taken, ever; `null`: unknown.
    pub taken: Option<u64>,
    /// Of these repeats of an id, identical or replaced; `null`: unknown.
    pub repeats: Option<u64>,
    /// Could not be read, ever.
    pub dead_letters: u64,
    /// By stream and reason.
    pub dead: Vec<DeadLetters>,
    /// Not stored or not worked out yet; `null`: unknown.
    pub lag_records: Option<u64>,
    /// Records whose causes two people corrected, each for themselves.
    pub double_checked: u64,
    /// Of these with the same primary cause.
    pub agreed: u64,
}

/// What made some readings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReadingVersion {
    /// Dictionary.
    pub dictionary: String,
    /// Taxonomy.
    pub taxonomy: String,
    /// Rules.
    pub rules: String,
    /// Model.
    pub model: String,
    /// Records of the week read so.
    pub records: u64,
}

/// Versions of everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Versions {
    /// Program.
    pub program: String,
    /// Readings of the week.
    pub readings: Vec<ReadingVersion>,
}
