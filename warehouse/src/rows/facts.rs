//! The rows of facts, one type per table.

use tingjian_schemas::{
    Appeal, CaseEvent, CaseStep, Correction, Delivery, DepartmentReply, DepartmentRequest, Head, Judgement, Kind,
    Promise, PromiseMaker, Verdict,
};

use super::{
    Origin,
    cells::{millis, millis_or_null, text},
    stored_row,
};

stored_row! {
    /// A promise.
    PromiseRow, id = "event_id", {
        promise_id: &'a str,
        made_by_kind: &'a str,
        owner_department: &'a str,
        made_at: i64,
        due_at: Option<i64>,
        promised_min: Option<u32>,
        valid_until: Option<i64>,
        text: &'a str,
        agents_notified_at: Option<i64>,
    }
}

impl<'a> PromiseRow<'a> {
    pub(crate) fn new(head: &'a Head, body: &'a Promise, origin: &Origin<'a>) -> Self {
        Self {
            promise_id: &body.promise_id,
            made_by_kind: maker_name(body.made_by_kind),
            owner_department: &body.owner_department,
            made_at: millis(body.made_at),
            due_at: millis_or_null(body.due_at),
            promised_min: body.promised_min,
            valid_until: millis_or_null(body.valid_until),
            text: text(&body.text),
            agents_notified_at: millis_or_null(body.agents_notified_at),
            ..Self::with_head(head, origin)
        }
    }
}

stored_row! {
    /// What happened to an order.
    DeliveryRow, id = "event_id", {
        started_at: i64,
        finished_at: Option<i64>,
    }
}

impl<'a> DeliveryRow<'a> {
    pub(crate) fn new(head: &'a Head, body: &'a Delivery, origin: &Origin<'a>) -> Self {
        Self {
            started_at: millis(body.started_at),
            finished_at: millis_or_null(body.finished_at),
            ..Self::with_head(head, origin)
        }
    }
}

stored_row! {
    /// A step in the life of a case.
    CaseEventRow, id = "event_id", {
        kind: &'a str,
        holder: &'a str,
        text: &'a str,
    }
}

impl<'a> CaseEventRow<'a> {
    pub(crate) fn new(head: &'a Head, body: &'a CaseEvent, origin: &Origin<'a>) -> Self {
        Self {
            kind: step_name(body.kind),
            holder: &body.holder,
            text: text(&body.text),
            ..Self::with_head(head, origin)
        }
    }
}

stored_row! {
    /// A department was asked.
    DepartmentRequestRow, id = "event_id", {
        request_id: &'a str,
        to_department: &'a str,
        node: &'a str,
        due_at: Option<i64>,
        text: &'a str,
    }
}

impl<'a> DepartmentRequestRow<'a> {
    pub(crate) fn new(head: &'a Head, body: &'a DepartmentRequest, origin: &Origin<'a>) -> Self {
        Self {
            request_id: &body.request_id,
            to_department: &body.to_department,
            node: text(&body.node),
            due_at: millis_or_null(body.due_at),
            text: text(&body.text),
            ..Self::with_head(head, origin)
        }
    }
}

stored_row! {
    /// A department answered.
    DepartmentReplyRow, id = "event_id", {
        request_id: &'a str,
        outcome: &'a str,
        text: &'a str,
    }
}

impl<'a> DepartmentReplyRow<'a> {
    pub(crate) fn new(head: &'a Head, body: &'a DepartmentReply, origin: &Origin<'a>) -> Self {
        Self {
            request_id: &body.request_id,
            outcome: text(&body.outcome),
            text: text(&body.text),
            ..Self::with_head(head, origin)
        }
    }
}

stored_row! {
    /// A verdict.
    JudgementRow, id = "event_id", {
        record_id: &'a str,
        verdict: &'a str,
        judge: &'a str,
        reason: &'a str,
        appeal_id: &'a str,
    }
}

impl<'a> JudgementRow<'a> {
    pub(crate) fn new(head: &'a Head, body: &'a Judgement, origin: &Origin<'a>) -> Self {
        Self {
            record_id: &body.record_id,
            verdict: verdict_name(body.verdict),
            judge: &body.judge,
            reason: &body.reason,
            appeal_id: text(&body.appeal_id),
            ..Self::with_head(head, origin)
        }
    }
}

stored_row! {
    /// An appeal.
    AppealRow, id = "event_id", {
        appeal_id: &'a str,
        record_id: &'a str,
        filed_by: &'a str,
        reason: &'a str,
    }
}

impl<'a> AppealRow<'a> {
    pub(crate) fn new(head: &'a Head, body: &'a Appeal, origin: &Origin<'a>) -> Self {
        Self {
            appeal_id: &body.appeal_id,
            record_id: &body.record_id,
            filed_by: &body.filed_by,
            reason: &body.reason,
            ..Self::with_head(head, origin)
        }
    }
}

stored_row! {
    /// An analyst's correction.
    CorrectionRow, id = "event_id", {
        record_id: &'a str,
        by: &'a str,
        kind: &'a str,
        causes_corrected: bool,
        causes: &'a [String],
        note: &'a str,
    }
}

impl<'a> CorrectionRow<'a> {
    pub(crate) fn new(head: &'a Head, body: &'a Correction, origin: &Origin<'a>) -> Self {
        Self {
            record_id: &body.record_id,
            by: &body.by,
            kind: body.kind.map_or("", Kind::name),
            causes_corrected: body.causes.is_some(),
            causes: body.causes.as_deref().unwrap_or_default(),
            note: text(&body.note),
            ..Self::with_head(head, origin)
        }
    }
}

const fn maker_name(maker: PromiseMaker) -> &'static str {
    match maker {
        PromiseMaker::Advert => "advert",
        PromiseMaker::Page => "page",
        PromiseMaker::InternalStandard => "internal_standard",
        PromiseMaker::Agent => "agent",
        PromiseMaker::Callback => "callback",
    }
}

const fn step_name(step: CaseStep) -> &'static str {
    match step {
        CaseStep::Opened => "opened",
        CaseStep::Assigned => "assigned",
        CaseStep::WaitingCustomer => "waiting_customer",
        CaseStep::Resumed => "resumed",
        CaseStep::FollowUp => "follow_up",
        CaseStep::Resolved => "resolved",
        CaseStep::Reopened => "reopened",
        CaseStep::Closed => "closed",
    }
}

const fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Responsible => "responsible",
        Verdict::Partly => "partly",
        Verdict::NotResponsible => "not_responsible",
        Verdict::ForceMajeure => "force_majeure",
        Verdict::Pending => "pending",
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;

    use super::*;

    fn check<T: Serialize + Copy>(values: &[T], name: fn(T) -> &'static str) {
        for value in values {
            assert_eq!(serde_json::to_value(value).unwrap(), name(*value));
        }
    }

    #[test]
    fn stored_names_are_those_of_the_contract() {
        use {CaseStep as C, PromiseMaker as P, Verdict as V};
        check(&[P::Advert, P::Page, P::InternalStandard, P::Agent, P::Callback], maker_name);
        check(
            &[C::Opened, C::Assigned, C::WaitingCustomer, C::Resumed, C::FollowUp, C::Resolved, C::Reopened, C::Closed],
            step_name,
        );
        check(&[V::Responsible, V::Partly, V::NotResponsible, V::ForceMajeure, V::Pending], verdict_name);
    }
}
