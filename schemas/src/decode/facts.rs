//! The own fields of the eight fact streams, and what one event may not say against itself.

use jiff::Timestamp;

use super::{
    node::Fields,
    take::{ID, NAME, Need, Wrong, required_short},
};
use crate::{
    Appeal, CaseEvent, CaseStep, Common, Correction, Delivery, DepartmentReply, DepartmentRequest, Judgement, Promise,
    PromiseMaker, Reason, Verdict, choice, limits,
};

pub(super) fn promise(fields: &mut Fields<'_>, common: &Common) -> Result<Promise, Wrong> {
    let promise = Promise {
        promise_id: fields.required("promise_id", ID)?,
        made_by_kind: fields.required_choice("made_by_kind", PromiseMaker::NAMED)?,
        owner_department: fields.required("owner_department", NAME)?,
        made_at: fields.required_time("made_at")?,
        due_at: fields.time("due_at")?,
        promised_min: fields.whole("promised_min", limits::PROMISE_MIN)?,
        valid_until: fields.time("valid_until")?,
        text: fields.text("text", Need::Optional)?,
        agents_notified_at: fields.time("agents_notified_at")?,
    };
    if common.order_id.is_none() && common.case_id.is_none() && common.lane.is_none() {
        return Err(Wrong::with(Reason::PromiseWithoutLink, "case_id").within("order_id"));
    }
    not_before("due_at", promise.due_at, "made_at", promise.made_at)?;
    not_before("valid_until", promise.valid_until, "made_at", promise.made_at)?;
    duration(&promise)?;
    Ok(promise)
}

/// The promised time, once or twice: said twice it has to be the same to the minute.
fn duration(promise: &Promise) -> Result<(), Wrong> {
    let Some(due) = promise.due_at else {
        return match promise.promised_min {
            Some(_) => Ok(()),
            None => Err(Wrong::with(Reason::NeitherGiven, "promised_min").within("due_at")),
        };
    };
    let due_s = due.as_second() - promise.made_at.as_second();
    if due_s > i64::from(limits::PROMISE_MIN) * 60 {
        return Err(Wrong::with(Reason::OutOfRange, limits::PROMISE_MIN).within("due_at"));
    }
    match promise.promised_min {
        Some(minutes) if (due_s - i64::from(minutes) * 60).abs() >= 60 => {
            Err(Wrong::with(Reason::Contradiction, "due_at").within("promised_min"))
        }
        _ => Ok(()),
    }
}

pub(super) fn delivery(fields: &mut Fields<'_>) -> Result<Delivery, Wrong> {
    let started_at = fields.required_time("started_at")?;
    let finished_at = fields.time("finished_at")?;
    not_before("finished_at", finished_at, "started_at", started_at)?;
    Ok(Delivery { started_at, finished_at })
}

pub(super) fn case_event(fields: &mut Fields<'_>) -> Result<CaseEvent, Wrong> {
    Ok(CaseEvent {
        kind: fields.required_choice("kind", CaseStep::NAMED)?,
        holder: fields.required("holder", NAME)?,
        text: fields.text("text", Need::Optional)?,
    })
}

pub(super) fn department_request(fields: &mut Fields<'_>, common: &Common) -> Result<DepartmentRequest, Wrong> {
    let request = DepartmentRequest {
        request_id: fields.required("request_id", ID)?,
        to_department: fields.required("to_department", NAME)?,
        node: fields.optional("node", NAME)?,
        due_at: fields.time("due_at")?,
        text: fields.text("text", Need::Optional)?,
    };
    not_before("due_at", request.due_at, "occurred_at", common.occurred_at)?;
    Ok(request)
}

pub(super) fn department_reply(fields: &mut Fields<'_>) -> Result<DepartmentReply, Wrong> {
    Ok(DepartmentReply {
        request_id: fields.required("request_id", ID)?,
        outcome: fields.optional("outcome", NAME)?,
        text: fields.text("text", Need::Optional)?,
    })
}

pub(super) fn judgement(fields: &mut Fields<'_>) -> Result<Judgement, Wrong> {
    Ok(Judgement {
        record_id: fields.required("record_id", ID)?,
        verdict: fields.required_choice("verdict", Verdict::NAMED)?,
        judge: fields.required("judge", NAME)?,
        reason: fields.required_text("reason")?,
        appeal_id: fields.optional("appeal_id", ID)?,
    })
}

pub(super) fn appeal(fields: &mut Fields<'_>) -> Result<Appeal, Wrong> {
    Ok(Appeal {
        appeal_id: fields.required("appeal_id", ID)?,
        record_id: fields.required("record_id", ID)?,
        filed_by: fields.required("filed_by", NAME)?,
        reason: fields.required_text("reason")?,
    })
}

/// An empty list of causes says that there is none; no list says nothing of causes.
pub(super) fn correction(fields: &mut Fields<'_>) -> Result<Correction, Wrong> {
    Ok(Correction {
        record_id: fields.required("record_id", ID)?,
        by: fields.required("by", NAME)?,
        kind: fields.choice("kind", choice::KINDS)?,
        causes: fields.list("causes", limits::CAUSES, |_, node| required_short(node, ID))?,
        note: fields.text("note", Need::Optional)?,
    })
}

/// Two facts of one event that cannot both be true: refused, since nobody can tell which of them is.
fn not_before(name: &str, time: Option<Timestamp>, start_name: &str, start: Timestamp) -> Result<(), Wrong> {
    match time {
        Some(time) if time < start => Err(Wrong::with(Reason::Contradiction, start_name).within(name)),
        _ => Ok(()),
    }
}
