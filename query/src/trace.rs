//! Why a record came to be: promise, delivery, capability, holds, repeats, judgements; worked out anew for each question, so that
//! a trace is never behind its facts.

use jiff::Timestamp;
use serde::Serialize;
use tingjian_attribution::{
    Attribution, Effort as Seconds, EffortRates, Facts, asked, attribute, chains, contradictions,
    facts::{Contact, Rulings},
    open_appeals, timeline,
};
use tingjian_schemas::{LinkKey, Taxonomy};
use tingjian_warehouse::Warehouse;
use utoipa::ToSchema;

use crate::{
    CapabilityView, ContradictionView, Decomposition, DeliveryView, Effort, ExoneratedView, HoldView, LayerView,
    PromiseView, QueryError, RecordAnswer, RequestView, Responsible, VersionsView, load,
    rulings::{AppealView, CorrectionView, JudgementView},
    views::basis_name,
};

/// The trace of one record.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TraceAnswer {
    /// The record.
    pub record: RecordAnswer,
    /// The promise p comes from.
    pub promise: Option<PromiseView>,
    /// The delivery of its order.
    pub delivery: Option<DeliveryView>,
    /// What the lane could do.
    pub capability: Option<CapabilityView>,
    /// How late, and how much of it was promised away.
    pub decomposition: Option<Decomposition>,
    /// Who is responsible, the larger share first: a judgement outranks facts, facts outrank text.
    pub responsible: Vec<Responsible>,
    /// The verdict that counts.
    pub verdict: String,
    /// `judgement`, `facts`, `text` or `pending`.
    pub basis: &'static str,
    /// What facts say before any judgement.
    pub by_facts: LayerView,
    /// What the text alone says.
    pub by_text: LayerView,
    /// Agents who only quoted the rule.
    pub exonerated: Vec<ExoneratedView>,
    /// The agent who promised less than the rule.
    pub misquoted_by: Option<String>,
    /// Who held its case, and for how long.
    pub holds: Vec<HoldView>,
    /// The sum of the holds.
    pub elapsed_min: Option<i64>,
    /// Departments asked about its case.
    pub requests: Vec<RequestView>,
    /// The customer's contacts about the same matter.
    pub chain: Option<ChainView>,
    /// What it cost the customer, where the call was measured.
    pub effort: Option<Effort>,
    /// The call it came by, where other records came by it as well.
    pub call: Option<CallView>,
    /// Verdicts in order of time; the last one counts.
    pub judgements: Vec<JudgementView>,
    /// Appeals in order of time.
    pub appeals: Vec<AppealView>,
    /// Corrections in order of time; the last one counts.
    pub corrections: Vec<CorrectionView>,
    /// Events behind it that cannot all be true.
    pub contradictions: Vec<ContradictionView>,
    /// Ids of the facts used.
    pub evidence: Vec<String>,
    /// What made the reading.
    pub versions: VersionsView,
    /// The time it is told for: nothing later is seen.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Timestamp,
}

/// Contacts of one customer about one matter.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ChainView {
    /// Record id of the first.
    pub chain_id: String,
    /// Record ids in order of time.
    pub records: Vec<String>,
    /// What all of them cost the customer.
    pub effort_min: f64,
}

/// Records of one call: what one of them names, the others are about as well.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CallView {
    /// The call.
    pub call_id: String,
    /// Record ids, this one's among them.
    pub records: Vec<String>,
    /// The agent whom its records name.
    pub agent_no: Option<String>,
    /// What the call cost the customer, by whichever record measured it.
    pub effort: Option<Effort>,
}

/// Traces one record; `None` when there is none of that id.
///
/// # Errors
/// The warehouse is away.
pub async fn trace(
    warehouse: &Warehouse,
    taxonomy: &Taxonomy,
    record_id: &str,
) -> Result<Option<TraceAnswer>, QueryError> {
    let (stored, moment) = tokio::try_join!(warehouse.record(record_id), warehouse.moment())?;
    let Some(stored) = stored else { return Ok(None) };
    let as_of = moment.newest.unwrap_or(stored.record.head.occurred_at);
    let facts = load::of_record(warehouse, taxonomy, &stored.record, as_of, moment).await?;
    let Some(contact) = facts.contact(record_id) else { return Ok(None) };
    let (order, case) = (contact.order, contact.case);
    let told = attribute(&facts, contact, as_of);
    let nothing = Rulings::default();
    let rulings = facts.rulings(record_id).unwrap_or(&nothing);
    let open: Vec<_> = open_appeals(&facts, record_id, as_of).into_iter().map(|a| a.body.appeal_id.clone()).collect();
    let line = case.and_then(|case| facts.case(&case)).map(|case| timeline(case, as_of)).unwrap_or_default();
    let requests = case.map(|case| asked(&facts, &case, as_of)).unwrap_or_default();
    let answer = TraceAnswer {
        chain: chain(&facts, record_id, as_of),
        effort: contact.call.as_ref().map(|call| Seconds::of(call, &EffortRates::default()).into()),
        call: call(&facts, contact),
        elapsed_min: case.and_then(|case| facts.case(&case)).map(|_| line.elapsed_min),
        holds: line.holds.into_iter().map(HoldView::from).collect(),
        requests: requests.into_iter().map(RequestView::from).collect(),
        judgements: rulings.judgements.iter().map(JudgementView::from).collect(),
        appeals: rulings.appeals.iter().map(|appeal| AppealView::of(appeal, &open)).collect(),
        corrections: rulings.corrections.iter().map(CorrectionView::from).collect(),
        contradictions: wrong(&facts, record_id, order),
        ..answer(told, RecordAnswer::from(stored), order, as_of)
    };
    Ok(Some(answer))
}

fn answer(told: Attribution, record: RecordAnswer, order: Option<LinkKey>, as_of: Timestamp) -> TraceAnswer {
    let known = told.known;
    let mut evidence = known.evidence;
    evidence.extend(known.promise.as_ref().map(|promise| promise.event_id.clone()));
    evidence.extend(known.delivery.as_ref().map(|delivery| delivery.event_id.clone()));
    let layer = LayerView::from(told.layer);
    TraceAnswer {
        promise: known.promise.map(PromiseView::from),
        delivery: known.delivery.map(|delivery| DeliveryView::of(delivery, order)),
        capability: known.capability.map(CapabilityView::from),
        decomposition: known.decomposition.map(|terms| Decomposition {
            basis: basis_name(terms.basis),
            late_min: terms.late_min,
            overpromise_min: terms.overpromise_min,
            overrun_min: terms.overrun_min,
        }),
        responsible: layer.responsible,
        verdict: layer.verdict,
        basis: layer.basis,
        by_facts: told.unjudged.into(),
        by_text: told.text.into(),
        exonerated: known.exonerated.into_iter().map(ExoneratedView::from).collect(),
        misquoted_by: known.misquoted_by,
        holds: Vec::new(),
        elapsed_min: None,
        requests: Vec::new(),
        chain: None,
        effort: None,
        call: None,
        judgements: Vec::new(),
        appeals: Vec::new(),
        corrections: Vec::new(),
        contradictions: Vec::new(),
        evidence,
        versions: record.versions.clone(),
        record,
        as_of,
    }
}

fn call(facts: &Facts, contact: &Contact) -> Option<CallView> {
    let call_id = contact.call_id.clone()?;
    let records = facts.records_of_call(&call_id).to_vec();
    let measured = records.iter().find_map(|id| facts.contact(id)?.call.as_ref());
    let effort = measured.map(|call| Seconds::of(call, &EffortRates::default()).into());
    (!records.is_empty()).then(|| CallView { call_id, records, agent_no: contact.agent_no.clone(), effort })
}

fn chain(facts: &Facts, record_id: &str, as_of: Timestamp) -> Option<ChainView> {
    let found =
        chains(facts, as_of).into_iter().find(|chain| chain.contacts.iter().any(|c| c.record_id == record_id))?;
    let calls = found.contacts.iter().filter_map(|place| facts.contact(&place.record_id)?.call.as_ref());
    let seconds: u64 = calls.map(|call| Seconds::of(call, &EffortRates::default()).total_s()).sum();
    let records = found.contacts.into_iter().map(|place| place.record_id).collect();
    Some(ChainView { chain_id: found.chain_id, records, effort_min: seconds as f64 / 60.0 })
}

/// Contradictions of its order, its case and its call; not those of the customer's other contacts.
fn wrong(facts: &Facts, record_id: &str, order: Option<LinkKey>) -> Vec<ContradictionView> {
    let of_order = |id: &String| {
        order.is_some_and(|order| facts.deliveries_of_order(&order).iter().any(|d| d.head.event_id == *id))
    };
    let found = contradictions(facts).into_iter().filter(|found| {
        found.kind != "cyclic_transfer" && (!found.kind.contains("deliver") || found.events.iter().any(of_order))
            || found.events.iter().any(|id| id == record_id)
    });
    found.map(ContradictionView::from).collect()
}
