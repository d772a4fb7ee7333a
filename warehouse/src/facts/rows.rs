//! Stored rows → the facts they were made of.

use std::{fmt::Display, str::FromStr};

use clickhouse::Row;
use jiff::Timestamp;
use serde::Deserialize;
use tingjian_schemas::{
    Appeal, CaseEvent, Correction, Delivery, DepartmentReply, DepartmentRequest, Fact, FactBody, Head, Judgement, Lane,
    LinkKey, Promise, Stream,
};

use crate::WarehouseError;

/// A row of one fact table.
pub(super) trait IntoFact {
    /// # Errors
    /// [`WarehouseError::Corrupt`] for a name or a time that this program never writes.
    fn into_fact(self) -> Result<Fact, WarehouseError>;
}

/// Defines the row of one fact table: the columns all facts share, and its own.
macro_rules! fact_row {
    ($name:ident, $stream:ident, { $($own:ident: $type:ty,)* }) => {
        #[derive(Row, Deserialize)]
        pub(super) struct $name {
            event_id: String,
            occurred_at: i64,
            order_key: [u8; 16],
            case_key: [u8; 16],
            agent_no: String,
            department: String,
            lane_origin: String,
            lane_destination: String,
            lane_carrier: String,
            lane_service: String,
            $($own: $type,)*
        }

        impl $name {
            fn head(&self) -> Result<Head, WarehouseError> {
                Ok(Head {
                    stream: Stream::$stream,
                    event_id: self.event_id.clone(),
                    occurred_at: self.time(self.occurred_at)?,
                    source: None,
                    channel: None,
                    customer_key: None,
                    order_key: known(self.order_key),
                    case_key: known(self.case_key),
                    call_id: None,
                    agent_no: given(&self.agent_no),
                    department: given(&self.department),
                    lane: lane([&self.lane_origin, &self.lane_destination, &self.lane_carrier, &self.lane_service]),
                    unknown_fields: String::new(),
                })
            }

            #[allow(dead_code)]
            fn named<T: FromStr<Err: Display>>(&self, name: &str) -> Result<T, WarehouseError> {
                name.parse().map_err(|error| corrupt(&self.event_id, &error))
            }

            fn time(&self, millis: i64) -> Result<Timestamp, WarehouseError> {
                Timestamp::from_millisecond(millis).map_err(|error| corrupt(&self.event_id, &error))
            }

            #[allow(dead_code)]
            fn time_or_none(&self, millis: Option<i64>) -> Result<Option<Timestamp>, WarehouseError> {
                millis.map(|millis| self.time(millis)).transpose()
            }
        }
    };
}

fn corrupt(id: &str, what: &dyn Display) -> WarehouseError {
    WarehouseError::Corrupt { id: id.to_owned(), what: what.to_string() }
}

/// An empty text is no text.
fn given(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

/// Sixteen zeros are no key.
fn known(key: [u8; 16]) -> Option<LinkKey> {
    Some(LinkKey(key)).filter(|key| key.0 != [0; 16])
}

fn lane(parts: [&String; 4]) -> Option<Lane> {
    let [origin, destination, carrier, service] = parts.map(|part| given(part));
    Some(Lane { origin, destination, carrier, service }).filter(|lane| *lane != Lane::default())
}

fact_row!(PromiseRow, Promises, {
    promise_id: String,
    made_by_kind: String,
    owner_department: String,
    made_at: i64,
    due_at: Option<i64>,
    promised_min: Option<u32>,
    valid_until: Option<i64>,
    agents_notified_at: Option<i64>,
});

impl IntoFact for PromiseRow {
    fn into_fact(self) -> Result<Fact, WarehouseError> {
        let body = FactBody::Promise(Promise {
            made_by_kind: self.named(&self.made_by_kind)?,
            made_at: self.time(self.made_at)?,
            due_at: self.time_or_none(self.due_at)?,
            promised_min: self.promised_min,
            valid_until: self.time_or_none(self.valid_until)?,
            agents_notified_at: self.time_or_none(self.agents_notified_at)?,
            text: None,
            promise_id: self.promise_id.clone(),
            owner_department: self.owner_department.clone(),
        });
        Ok(Fact { head: self.head()?, body })
    }
}

fact_row!(DeliveryRow, Deliveries, {
    started_at: i64,
    finished_at: Option<i64>,
});

impl IntoFact for DeliveryRow {
    fn into_fact(self) -> Result<Fact, WarehouseError> {
        let (started_at, finished_at) = (self.time(self.started_at)?, self.time_or_none(self.finished_at)?);
        Ok(Fact { head: self.head()?, body: FactBody::Delivery(Delivery { started_at, finished_at }) })
    }
}

fact_row!(StepRow, CaseEvents, {
    kind: String,
    holder: String,
    text: String,
});

impl IntoFact for StepRow {
    fn into_fact(self) -> Result<Fact, WarehouseError> {
        let kind = self.named(&self.kind)?;
        let body = CaseEvent { kind, holder: self.holder.clone(), text: given(&self.text) };
        Ok(Fact { head: self.head()?, body: FactBody::CaseEvent(body) })
    }
}

fact_row!(RequestRow, DepartmentRequests, {
    request_id: String,
    to_department: String,
    node: String,
    due_at: Option<i64>,
});

impl IntoFact for RequestRow {
    fn into_fact(self) -> Result<Fact, WarehouseError> {
        let body = DepartmentRequest {
            request_id: self.request_id.clone(),
            to_department: self.to_department.clone(),
            node: given(&self.node),
            due_at: self.time_or_none(self.due_at)?,
            text: None,
        };
        Ok(Fact { head: self.head()?, body: FactBody::DepartmentRequest(body) })
    }
}

fact_row!(ReplyRow, DepartmentReplies, {
    request_id: String,
    outcome: String,
});

impl IntoFact for ReplyRow {
    fn into_fact(self) -> Result<Fact, WarehouseError> {
        let body = DepartmentReply { request_id: self.request_id.clone(), outcome: given(&self.outcome), text: None };
        Ok(Fact { head: self.head()?, body: FactBody::DepartmentReply(body) })
    }
}

fact_row!(JudgementRow, Judgements, {
    record_id: String,
    verdict: String,
    judge: String,
    reason: String,
    appeal_id: String,
});

impl IntoFact for JudgementRow {
    fn into_fact(self) -> Result<Fact, WarehouseError> {
        let body = Judgement {
            record_id: self.record_id.clone(),
            verdict: self.named(&self.verdict)?,
            judge: self.judge.clone(),
            reason: self.reason.clone(),
            appeal_id: given(&self.appeal_id),
        };
        Ok(Fact { head: self.head()?, body: FactBody::Judgement(body) })
    }
}

fact_row!(AppealRow, Appeals, {
    appeal_id: String,
    record_id: String,
    filed_by: String,
    reason: String,
});

impl IntoFact for AppealRow {
    fn into_fact(self) -> Result<Fact, WarehouseError> {
        let body = Appeal {
            appeal_id: self.appeal_id.clone(),
            record_id: self.record_id.clone(),
            filed_by: self.filed_by.clone(),
            reason: self.reason.clone(),
        };
        Ok(Fact { head: self.head()?, body: FactBody::Appeal(body) })
    }
}

fact_row!(CorrectionRow, Corrections, {
    record_id: String,
    by: String,
    kind: String,
    causes_corrected: bool,
    causes: Vec<String>,
    note: String,
});

impl IntoFact for CorrectionRow {
    fn into_fact(self) -> Result<Fact, WarehouseError> {
        let kind = given(&self.kind).map(|kind| self.named(&kind)).transpose()?;
        let body = Correction {
            record_id: self.record_id.clone(),
            by: self.by.clone(),
            kind,
            causes: Some(self.causes.clone()).filter(|_| self.causes_corrected),
            note: given(&self.note),
        };
        Ok(Fact { head: self.head()?, body: FactBody::Correction(body) })
    }
}
