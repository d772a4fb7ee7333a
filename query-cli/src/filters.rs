//! The filters every question takes, named as in HTTP.

use clap::Args;
use tingjian_schemas::{Kind, Stream};

use tingjian_sheets::Zone;

use crate::failure::Failure;

/// Which records a question is about.
#[derive(Args, Debug, Default, Clone)]
#[command(next_help_heading = "筛选（可重复的写多次，或用逗号隔开）")]
pub struct Filters {
    /// 从何时起（含）：2026-05-01、2026-05-01T08:00、7d、24h、4w、today、yesterday
    #[arg(long, value_name = "时间")]
    pub since: Option<String>,
    /// 到何时止（不含），写法同上
    #[arg(long, value_name = "时间")]
    pub until: Option<String>,
    /// 诉求类型：complaint、commendation、inquiry、suggestion、other；可重复
    #[arg(long, value_name = "类型", value_delimiter = ',', value_parser = kind)]
    pub kind: Vec<Kind>,
    /// 根因代码，如 promise.eta_overpromise；可重复
    #[arg(long, value_name = "根因", value_delimiter = ',')]
    pub cause: Vec<String>,
    /// 责任部门；可重复
    #[arg(long, value_name = "部门", value_delimiter = ',')]
    pub department: Vec<String>,
    /// 工号
    #[arg(long, alias = "agent_no", value_name = "工号")]
    pub agent_no: Option<String>,
    /// 流：complaints、commendations、call-notes；可重复
    #[arg(long, value_name = "流", value_delimiter = ',', value_parser = stream)]
    pub stream: Vec<Stream>,
}

impl Filters {
    /// As query parameters.
    ///
    /// # Errors
    /// A time that cannot be read.
    pub fn pairs(&self, zone: &Zone) -> Result<Vec<(&'static str, String)>, Failure> {
        let mut pairs = Vec::new();
        for (name, text) in [("since", &self.since), ("until", &self.until)] {
            if let Some(text) = text {
                pairs.push((name, zone.moment(text).map_err(|e| Failure::usage(format!("--{name} {e}")))?));
            }
        }
        let lists = [
            ("kind", joined(self.kind.iter().map(|k| k.name()))),
            ("cause", joined(self.cause.iter().map(String::as_str))),
            ("department", joined(self.department.iter().map(String::as_str))),
            ("agent_no", self.agent_no.clone().unwrap_or_default()),
            ("stream", joined(self.stream.iter().map(|s| s.name()))),
        ];
        pairs.extend(lists.into_iter().filter(|(_, value)| !value.is_empty()));
        Ok(pairs)
    }
}

fn joined<'a>(values: impl Iterator<Item = &'a str>) -> String {
    values.collect::<Vec<_>>().join(",")
}

fn kind(name: &str) -> Result<Kind, String> {
    name.parse().map_err(|_| format!("可用的：{}", Kind::ALL.map(Kind::name).join("、")))
}

fn stream(name: &str) -> Result<Stream, String> {
    let texts = Stream::ALL.into_iter().filter(|s| s.is_text());
    name.parse().map_err(|_| format!("可用的：{}", texts.map(Stream::name).collect::<Vec<_>>().join("、")))
}
