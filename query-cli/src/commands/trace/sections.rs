//! What a trace says, part by part; a part of which nothing is known is left out.

use serde_json::Value;

use super::{Line, Section};
use tingjian_sheets::Zone;

use crate::{
    labels::{self, Causes},
    output::{Run, emphasised, one_line},
    when,
};

/// The parts of `trace` about which something is known.
pub fn of(trace: &Value, zone: &Zone, causes: &Causes) -> Vec<Section> {
    let reader = Reader { zone, causes };
    let sections = [
        ("记录", reader.record(part(trace, "record"))),
        ("承诺", reader.promise(part(trace, "promise"))),
        ("交付", reader.delivery(part(trace, "delivery"))),
        ("能力", reader.capability(part(trace, "capability"))),
        ("分解", reader.decomposition(part(trace, "decomposition"))),
        ("责任", reader.responsible(trace)),
        ("持有", reader.holds(trace)),
        ("协查", reader.requests(part(trace, "requests"))),
        ("重复来电", reader.chain(part(trace, "chain"))),
        ("客户费力", reader.effort(part(trace, "effort"))),
        ("判责", reader.judgements(part(trace, "judgements"))),
        ("申诉", reader.list(part(trace, "appeals"), &["appeal_id", "department", "filed_by", "reason"])),
        ("更正", reader.list(part(trace, "corrections"), &["by", "kind", "causes", "note"])),
        ("版本", versions(part(trace, "versions"))),
    ];
    sections.into_iter().map(|(title, lines)| Section { title, lines }).filter(|s| !s.lines.is_empty()).collect()
}

struct Reader<'a> {
    zone: &'a Zone,
    causes: &'a Causes,
}

impl Reader<'_> {
    fn record(&self, record: &Value) -> Vec<Line> {
        let mut lines = Vec::new();
        add(&mut lines, "编号", text(record, "record_id"));
        add(&mut lines, "时间", self.time(record, "occurred_at"));
        add(&mut lines, "流", text(record, "stream").map(|s| labels::of("stream", &s)));
        add(&mut lines, "类型", text(record, "kind").map(|k| labels::of("kind", &k)));
        for (field, label) in [
            ("department", "部门"),
            ("agent_no", "工号"),
            ("channel", "渠道"),
            ("category", "类别"),
            ("praised_agents", "被表扬工号"),
            ("praised_departments", "被表扬部门"),
            ("skill_group", "技能组"),
        ] {
            add(&mut lines, label, text(record, field).filter(|said| !said.is_empty()));
        }
        let mut marked = Vec::new();
        for cause in list(record, "causes") {
            let code = text(cause, "code").or_else(|| cause.as_str().map(str::to_owned)).unwrap_or_default();
            let score = number(cause, "score").map(|s| format!("（把握 {:.0}%）", s * 100.0)).unwrap_or_default();
            let owner = text(cause, "department").map(|d| format!(" → {d}")).unwrap_or_default();
            let evidence: Vec<_> = list(cause, "evidence").filter_map(span).collect();
            let quoted: Vec<String> = evidence.iter().map(|e| quote(record, *e)).collect();
            let said = if quoted.is_empty() { String::new() } else { format!("：{}", quoted.join("、")) };
            add(&mut lines, "根因", Some(format!("{} {code}{score}{owner}{said}", self.causes.name(&code))));
            marked.extend(evidence);
        }
        add(&mut lines, "说的承诺", number(record, "promised_min").map(when::minutes));
        let open = if flag(record, "actual_open") { "，还没完" } else { "" };
        add(&mut lines, "说的实际", number(record, "actual_min").map(|m| format!("{}{open}", when::minutes(m))));
        if let Some(said) = text(record, "text") {
            lines.push(Line { label: "原话".to_owned(), value: emphasised(&one_line(&said), &marked) });
        }
        lines
    }

    fn promise(&self, promise: &Value) -> Vec<Line> {
        let mut lines = Vec::new();
        add(&mut lines, "编号", text(promise, "promise_id"));
        add(&mut lines, "谁承诺", text(promise, "made_by_kind").map(|k| labels::of("made_by_kind", &k)));
        add(&mut lines, "归口", text(promise, "owner_department"));
        add(&mut lines, "承诺于", self.time(promise, "made_at"));
        add(&mut lines, "到期", self.time(promise, "due_at"));
        add(&mut lines, "时效", number(promise, "promised_min").map(when::minutes));
        lines
    }

    fn delivery(&self, delivery: &Value) -> Vec<Line> {
        let mut lines = Vec::new();
        add(&mut lines, "部门", text(delivery, "department"));
        add(&mut lines, "开始", self.time(delivery, "started_at"));
        add(&mut lines, "完成", self.time(delivery, "finished_at"));
        let open = if flag(delivery, "open") { "（还没完成）" } else { "" };
        add(&mut lines, "用时", number(delivery, "actual_min").map(|m| format!("{}{open}", when::minutes(m))));
        lines
    }

    fn capability(&self, capability: &Value) -> Vec<Line> {
        let mut lines = Vec::new();
        add(&mut lines, "九成在", number(capability, "p90_min").map(|m| format!("{}内完成", when::minutes(m))));
        add(&mut lines, "依据", number(capability, "deliveries").map(|n| format!("{n} 单")));
        add(&mut lines, "线路层级", text(capability, "level"));
        add(&mut lines, "截至", self.time(capability, "as_of"));
        lines
    }

    fn decomposition(&self, decomposition: &Value) -> Vec<Line> {
        let mut lines = Vec::new();
        let minutes = |name| number(decomposition, name).map(when::minutes);
        if let Some(late) = number(decomposition, "late_min") {
            let said = match (minutes("overpromise_min"), minutes("overrun_min")) {
                _ if late <= 0.0 => format!("没有晚，比承诺早 {}", when::minutes(-late)),
                (Some(over), Some(overrun)) => {
                    format!("{} = 过度承诺 {over} + 执行超时 {overrun}", when::minutes(late))
                }
                _ => format!("{}（没有这条线路的能力数据，分不出过度承诺与执行超时）", when::minutes(late)),
            };
            add(&mut lines, "晚了", Some(said));
        }
        add(&mut lines, "依据", text(decomposition, "basis").map(|b| labels::of("basis", &b)));
        lines
    }

    fn responsible(&self, trace: &Value) -> Vec<Line> {
        let mut lines = Vec::new();
        add(&mut lines, "结论", text(trace, "verdict").map(|v| labels::of("verdict", &v)));
        for share in list(trace, "responsible") {
            let cause = text(share, "cause").map(|c| self.causes.name(&c));
            let minutes = number(share, "minutes").map(when::minutes);
            let parts = [text(share, "department"), cause, minutes, text(share, "reason")];
            add(&mut lines, "责任", joined(parts));
        }
        for moved in list(trace, "exonerated") {
            let agent = text(moved, "agent_no").map(|a| format!("工号 {a}"));
            let rule = text(moved, "rule").map(|r| format!("依据 {r}"));
            let to = text(moved, "moved_to").map(|d| format!("责任移至 {d}"));
            add(&mut lines, "免责", joined([agent, rule, to]));
        }
        lines
    }

    fn holds(&self, trace: &Value) -> Vec<Line> {
        let mut lines = Vec::new();
        for hold in list(trace, "holds") {
            let holder = match text(hold, "holder") {
                Some(holder) if holder == "customer" => "客户".to_owned(),
                Some(holder) => holder,
                None => continue,
            };
            let until = self.time(hold, "to").unwrap_or_else(|| "至今".to_owned());
            let span = self.time(hold, "from").map(|from| format!("{from} → {until}"));
            add(&mut lines, &holder, joined([number(hold, "minutes").map(when::minutes), span]));
        }
        add(&mut lines, "合计", number(trace, "elapsed_min").map(when::minutes));
        lines
    }

    fn requests(&self, requests: &Value) -> Vec<Line> {
        let mut lines = Vec::new();
        for request in requests.as_array().into_iter().flatten() {
            let asked = self.time(request, "asked_at").map(|t| format!("{t} 提出"));
            let due = self.time(request, "due_at").map(|t| format!("{t} 到期"));
            let replied = self.time(request, "replied_at").map(|t| format!("{t} 答复"));
            let replied = replied.or_else(|| flag(request, "open").then(|| "还没有答复".to_owned()));
            let late = number(request, "late_min").filter(|m| *m > 0.0).map(|m| format!("超期 {}", when::minutes(m)));
            let department = text(request, "to_department").unwrap_or_default();
            add(&mut lines, &department, joined([asked, due, replied, late]));
        }
        lines
    }

    fn chain(&self, chain: &Value) -> Vec<Line> {
        let mut lines = Vec::new();
        let records: Vec<String> = list(chain, "records")
            .filter_map(|r| r.as_str().map(str::to_owned).or_else(|| text(r, "record_id")))
            .collect();
        add(
            &mut lines,
            "同一事",
            (!records.is_empty()).then(|| format!("{} 次：{}", records.len(), records.join("、"))),
        );
        add(&mut lines, "共耗时", number(chain, "effort_min").map(when::minutes));
        lines
    }

    fn effort(&self, effort: &Value) -> Vec<Line> {
        let mut lines = Vec::new();
        for (field, label) in [
            ("wait_min", "排队"),
            ("talk_min", "通话"),
            ("press_min", "按键"),
            ("transfer_min", "转接"),
            ("repeat_min", "重复说明"),
            ("total_min", "合计"),
        ] {
            add(&mut lines, label, number(effort, field).map(|m| format!("{m:.1} 分")));
        }
        lines
    }

    fn judgements(&self, judgements: &Value) -> Vec<Line> {
        let mut lines = Vec::new();
        for judgement in judgements.as_array().into_iter().flatten() {
            let verdict = text(judgement, "verdict").map(|v| labels::of("verdict", &v));
            let judge = text(judgement, "judge").map(|j| format!("判责人 {j}"));
            let parts = [verdict, text(judgement, "department"), judge, text(judgement, "reason")];
            let label = self.time(judgement, "occurred_at").unwrap_or_else(|| "判责".to_owned());
            add(&mut lines, &label, joined(parts));
        }
        lines
    }

    fn list(&self, items: &Value, fields: &[&str]) -> Vec<Line> {
        let mut lines = Vec::new();
        for item in items.as_array().into_iter().flatten() {
            let when = self.time(item, "occurred_at").unwrap_or_default();
            add(&mut lines, &when, joined(fields.iter().map(|f| text(item, f))));
        }
        lines
    }

    fn time(&self, object: &Value, field: &str) -> Option<String> {
        text(object, field).map(|t| self.zone.shown(&t))
    }
}

fn versions(versions: &Value) -> Vec<Line> {
    let mut lines = Vec::new();
    for (field, label) in [("dictionary", "词典"), ("taxonomy", "根因表"), ("rules", "规则"), ("model", "模型")]
    {
        add(&mut lines, label, text(versions, field).filter(|v| !v.is_empty()));
    }
    lines
}

fn part<'a>(object: &'a Value, field: &str) -> &'a Value {
    object.get(field).unwrap_or(&Value::Null)
}

fn list<'a>(object: &'a Value, field: &str) -> impl Iterator<Item = &'a Value> {
    part(object, field).as_array().into_iter().flatten()
}

fn text(object: &Value, field: &str) -> Option<String> {
    match part(object, field) {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => Some(items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("、")),
        other => Some(other.to_string()),
    }
}

fn number(object: &Value, field: &str) -> Option<f64> {
    part(object, field).as_f64()
}

fn flag(object: &Value, field: &str) -> bool {
    part(object, field).as_bool().unwrap_or(false)
}

fn joined(parts: impl IntoIterator<Item = Option<String>>) -> Option<String> {
    let known: Vec<String> = parts.into_iter().flatten().filter(|p| !p.is_empty()).collect();
    (!known.is_empty()).then(|| known.join("，"))
}

fn add(lines: &mut Vec<Line>, label: &str, value: Option<String>) {
    if let Some(text) = value {
        lines.push(Line { label: label.to_owned(), value: vec![Run { text, strong: false }] });
    }
}

fn span(evidence: &Value) -> Option<(usize, usize)> {
    let end = |name| part(evidence, name).as_u64().and_then(|n| usize::try_from(n).ok());
    Some((end("start")?, end("end")?))
}

fn quote(record: &Value, (start, end): (usize, usize)) -> String {
    let said = text(record, "text").unwrap_or_default();
    format!("“{}”", said.chars().skip(start).take(end.saturating_sub(start)).collect::<String>())
}
