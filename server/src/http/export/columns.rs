//! The columns of an exported table.

use tingjian_query::RecordAnswer;

/// How many columns there are.
pub const COUNT: usize = 16;

/// Heads of the columns.
pub const NAMES: [&str; COUNT] = [
    "编号",
    "数据流",
    "时间",
    "类型",
    "主因",
    "全部根因",
    "责任部门",
    "承诺分钟",
    "实际分钟",
    "表扬到人",
    "辱骂",
    "待复核",
    "工号",
    "部门",
    "渠道",
    "内容",
];

/// The cells of one record, in the order of [`NAMES`].
pub fn cells(record: &RecordAnswer) -> [String; COUNT] {
    let joined = |parts: &mut dyn Iterator<Item = &String>| parts.map(String::as_str).collect::<Vec<_>>().join(";");
    let number = |value: Option<u32>| value.map(|n| n.to_string()).unwrap_or_default();
    let yes = |value: bool| if value { "是" } else { "否" }.to_owned();
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    [
        record.record_id.clone(),
        record.stream.clone(),
        record.occurred_at.to_string(),
        record.kind.clone(),
        record.causes.first().map(|cause| cause.code.clone()).unwrap_or_default(),
        joined(&mut record.causes.iter().map(|cause| &cause.code)),
        joined(&mut record.causes.iter().map(|cause| &cause.department)),
        number(record.promised_min),
        number(record.actual_min),
        yes(record.praised),
        yes(record.abuse),
        yes(record.abstained),
        text(&record.agent_no),
        text(&record.department),
        text(&record.channel),
        record.text.clone(),
    ]
}

/// Texts come from strangers: a cell that a spreadsheet would run as a formula gets an apostrophe before it.
pub fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_becomes_text() {
        assert_eq!(harmless("=HYPERLINK(\"http://x\")".into()), "'=HYPERLINK(\"http://x\")");
        assert_eq!(harmless("@sum".into()), "'@sum");
        assert_eq!(harmless("物流太慢".into()), "物流太慢");
    }
}
