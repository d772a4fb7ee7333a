//! One fact of every kind, with every field filled, and one with none that may be absent.

use tingjian_schemas::{
    Appeal, CaseEvent, CaseStep, Correction, Delivery, DepartmentReply, DepartmentRequest, Entry, Fact, FactBody, Head,
    Judgement, Kind, Lane, Promise, PromiseMaker, Stream, Verdict,
};

use super::events::{head, key, time};

/// A head with everything.
pub fn full_head(stream: Stream, id: &str, occurred_at: &str) -> Head {
    let some = |text: &str| Some(text.to_owned());
    Head {
        source: some("处理系统"),
        channel: some("电话"),
        customer_key: key(1),
        order_key: key(2),
        case_key: key(3),
        call_id: some("call-9"),
        agent_no: some("A007"),
        department: some("物流"),
        lane: Some(Lane {
            origin: some("杭州"),
            destination: some("上海"),
            carrier: some("顺行"),
            service: some("次日达"),
        }),
        unknown_fields: r#"{"priority":"high"}"#.to_owned(),
        ..head(stream, id, occurred_at)
    }
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn promise(full: bool) -> FactBody {
    let later = |hours: &str| Some(time(hours)).filter(|_| full);
    FactBody::Promise(Promise {
        promise_id: "p-1".into(),
        made_by_kind: PromiseMaker::InternalStandard,
        owner_department: "运营".into(),
        made_at: time("2026-11-01T08:00:00Z"),
        due_at: later("2026-11-02T08:00:00.5Z"),
        promised_min: full.then_some(1440),
        valid_until: later("2026-12-01T00:00:00Z"),
        text: some("次日达").filter(|_| full),
        agents_notified_at: later("2026-11-03T00:00:00Z"),
    })
}

fn bodies(full: bool) -> Vec<(Stream, FactBody)> {
    let text = |text: &str| some(text).filter(|_| full);
    let time = |text: &str| Some(time(text)).filter(|_| full);
    vec![
        (Stream::Promises, promise(full)),
        (
            Stream::Deliveries,
            FactBody::Delivery(Delivery {
                started_at: super::events::time("2026-11-01T09:00:00Z"),
                finished_at: time("2026-11-03T09:00:00Z"),
            }),
        ),
        (
            Stream::CaseEvents,
            FactBody::CaseEvent(CaseEvent {
                kind: CaseStep::WaitingCustomer,
                holder: "customer".into(),
                text: text("等客户补图"),
            }),
        ),
        (
            Stream::DepartmentRequests,
            FactBody::DepartmentRequest(DepartmentRequest {
                request_id: "q-1".into(),
                to_department: "仓储".into(),
                node: text("复核"),
                due_at: time("2026-11-01T10:00:00Z"),
                text: text("请核实出库时间"),
            }),
        ),
        (
            Stream::DepartmentReplies,
            FactBody::DepartmentReply(DepartmentReply {
                request_id: "q-1".into(),
                outcome: text("已出库"),
                text: text("昨日已出库"),
            }),
        ),
        (
            Stream::Judgements,
            FactBody::Judgement(Judgement {
                record_id: "r-1".into(),
                verdict: Verdict::NotResponsible,
                judge: "李".into(),
                reason: "按标准答复".into(),
                appeal_id: text("a-1"),
            }),
        ),
        (
            Stream::Appeals,
            FactBody::Appeal(Appeal {
                appeal_id: "a-1".into(),
                record_id: "r-1".into(),
                filed_by: "王".into(),
                reason: "时间有误".into(),
            }),
        ),
        (
            Stream::Corrections,
            FactBody::Correction(Correction {
                record_id: "r-1".into(),
                by: "赵".into(),
                kind: full.then_some(Kind::Inquiry),
                causes: full.then(|| vec!["promise.eta_overpromise".into(), "other".into()]),
                note: text("客户只是询问"),
            }),
        ),
    ]
}

/// One fact of every stream.
pub fn facts(full: bool) -> Vec<Entry> {
    let entry = |(stream, body): (Stream, FactBody)| {
        let id = format!("{}-{full}", stream.name());
        let at = "2026-11-05T12:34:56.789Z";
        let head = if full { full_head(stream, &id, at) } else { head(stream, &id, at) };
        Entry::Fact(Box::new(Fact { head, body }))
    };
    bodies(full).into_iter().map(entry).collect()
}
