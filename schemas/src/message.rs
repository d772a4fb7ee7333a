//! What a rejection says to people: Chinese for those who send events, English for logs.

use std::fmt;

use crate::{Reason, Rejection};

impl Rejection {
    /// One Chinese sentence: where, what is wrong, what to do.
    pub fn message_zh(&self) -> String {
        let field = self.field.as_deref().map_or_else(|| "整条事件".to_owned(), |f| format!("字段 {f} "));
        format!("{field}{}", self.problem_zh())
    }

    fn problem_zh(&self) -> String {
        let detail = self.detail.as_deref().unwrap_or("");
        match self.reason {
            Reason::EventTooLarge => format!("超过 {detail} 字节的上限，请拆小或去掉多余字段"),
            Reason::InvalidUtf8 => format!("从第 {detail} 字节起不是 UTF-8 编码，常见原因是 GBK/GB18030，请转码后重发"),
            Reason::InvalidJson => format!("不是合法的 JSON（{}），请检查引号、逗号和括号", place_zh(detail)),
            Reason::LoneSurrogate => "含有不成对的代理项（如 \\ud800），不是完整的字符，请修正后重发".into(),
            Reason::NotAnObject => "不是 JSON 对象，请写成 {\"event_id\": …} 的形式".into(),
            Reason::DuplicateField => "重复出现，同一对象里每个字段只能写一次".into(),
            Reason::TooManyFields => format!("的字段数超过 {detail} 个，请去掉多余字段"),
            Reason::TooDeep => format!("的嵌套超过 {detail} 层，请展开后重发"),
            Reason::Missing => "缺失，这是必填项，请补上".into(),
            Reason::WrongType => format!("的类型不对，应为{}", type_zh(detail)),
            Reason::Empty => "是空的，请填写内容".into(),
            Reason::TooLong => format!("过长，UTF-8 编码后不能超过 {detail} 字节，请缩短"),
            Reason::TooManyItems => format!("的项数过多，最多 {detail} 项，请减少"),
            Reason::ControlCharacter => "含有换行、制表符等控制字符，请去掉".into(),
            Reason::UnreadableTime => "不是可读的时间，请写成 RFC 3339 形式，如 2026-11-22T09:30:00+08:00".into(),
            Reason::TimeWithoutOffset => "没有写时区，请补上，如 2026-11-22T09:30:00+08:00".into(),
            Reason::TimeOutOfRange => format!("的时间不在 {detail} 年之内，请核对"),
            Reason::UnknownValue => format!("的值不在允许范围内，可选：{detail}"),
            Reason::Negative => "是负数，请填 0 或正整数".into(),
            Reason::Fraction => "不是整数，请填整数".into(),
            Reason::OutOfRange => format!("的数值过大，最大 {detail}，请核对单位"),
            Reason::NeitherGiven => format!("和 {detail} 都没有，请至少填一个"),
            Reason::NamesNobody => "没有写明表扬谁，请填 agent_no（工号）或 department（部门）".into(),
            Reason::LaneWithoutPart => {
                "没有内容，请至少填 origin、destination、carrier、service 之一，或去掉该字段".into()
            }
            Reason::PromiseWithoutLink => {
                format!("和 {detail} 都没有，承诺没有着落，请填其一；若是长期有效的承诺，请填 lane（线路）")
            }
            Reason::Contradiction => format!("与 {detail} 矛盾，二者不能同时成立，请核对"),
        }
    }

    fn problem_en(&self) -> String {
        let detail = self.detail.as_deref().unwrap_or("");
        match self.reason {
            Reason::EventTooLarge => format!("is larger than {detail} bytes"),
            Reason::InvalidUtf8 => format!("is not UTF-8 from byte {detail} on"),
            Reason::InvalidJson => format!("is not valid JSON ({detail})"),
            Reason::LoneSurrogate => "has half a surrogate pair in a string".into(),
            Reason::NotAnObject => "is not a JSON object".into(),
            Reason::DuplicateField => "occurs twice".into(),
            Reason::TooManyFields => format!("has more than {detail} fields"),
            Reason::TooDeep => format!("is nested deeper than {detail}"),
            Reason::Missing => "is missing and required".into(),
            Reason::WrongType => format!("has the wrong type: expected {detail}"),
            Reason::Empty => "is empty".into(),
            Reason::TooLong => format!("is longer than {detail} bytes of UTF-8"),
            Reason::TooManyItems => format!("has more than {detail} items"),
            Reason::ControlCharacter => "has a control character in it".into(),
            Reason::UnreadableTime => "is not an RFC 3339 time".into(),
            Reason::TimeWithoutOffset => "is a time without an offset from UTC".into(),
            Reason::TimeOutOfRange => format!("is a time outside the years {detail}"),
            Reason::UnknownValue => format!("is none of {detail}"),
            Reason::Negative => "is below zero".into(),
            Reason::Fraction => "is not a whole number".into(),
            Reason::OutOfRange => format!("is above {detail}"),
            Reason::NeitherGiven => format!("is missing, and so is {detail}: one of them is required"),
            Reason::NamesNobody => "names neither agent_no nor department".into(),
            Reason::LaneWithoutPart => "has none of origin, destination, carrier and service".into(),
            Reason::PromiseWithoutLink => {
                format!("is missing, and so are {detail} and lane: the promise is linked to nothing")
            }
            Reason::Contradiction => format!("contradicts {detail}"),
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.field.as_deref().unwrap_or("the event"), self.problem_en())
    }
}

impl std::error::Error for Rejection {}

/// `LINE:COLUMN what` in Chinese.
fn place_zh(detail: &str) -> String {
    let place = detail.split_once(' ').and_then(|(place, what)| Some((place.split_once(':')?, what)));
    place.map_or_else(|| detail.to_owned(), |((line, column), what)| format!("第 {line} 行第 {column} 字节：{what}"))
}

/// The Chinese for the type names that decoding puts into the detail.
fn type_zh(name: &str) -> &'static str {
    match name {
        "string" => "文本（加引号；编号也要加引号，以免丢掉前面的 0）",
        "time" => "带时区的时间文本，如 \"2026-11-22T09:30:00+08:00\"",
        "whole number" => "整数（不加引号）",
        "true or false" => "true 或 false（不加引号）",
        "object" => "对象 {…}",
        _ => "列表 […]",
    }
}
