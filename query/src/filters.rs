//! The filters every question takes, named the same everywhere.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use tingjian_schemas::{Kind, Stream};

/// Which records a question is about. Values within one filter: any; filters together: all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filters {
    /// Inclusive.
    pub since: Option<Timestamp>,
    /// Exclusive.
    pub until: Option<Timestamp>,
    /// Kinds.
    pub kinds: Vec<Kind>,
    /// Leaves or groups of the taxonomy.
    pub causes: Vec<String>,
    /// Responsible departments.
    pub departments: Vec<String>,
    /// 工号.
    pub agent_no: Option<String>,
    /// Streams.
    pub streams: Vec<Stream>,
}

/// What is wrong with a filter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("参数 {name} 的值 {value:?} {problem}")]
pub struct FilterError {
    /// Which parameter.
    pub name: String,
    /// What was given.
    pub value: String,
    /// What is wrong with it.
    pub problem: String,
}

impl Filters {
    /// Takes one parameter if it is a filter: `Ok(true)` when taken, `Ok(false)` when it is none of the filters.
    /// Several values are given with commas or by repeating the parameter; an empty value filters nothing.
    ///
    /// # Errors
    /// A value that cannot be read, with the parameter's name.
    pub fn take(&mut self, name: &str, value: &str, zone: &TimeZone) -> Result<bool, FilterError> {
        let parts = || value.split(',').map(str::trim).filter(|part| !part.is_empty());
        let wrong = |problem: String| FilterError { name: name.to_owned(), value: value.to_owned(), problem };
        match name {
            "since" => self.since = time(value, zone).map_err(wrong)?,
            "until" => self.until = time(value, zone).map_err(wrong)?,
            "agent_no" => self.agent_no = Some(value.trim().to_owned()).filter(|v| !v.is_empty()),
            "cause" => self.causes.extend(parts().map(str::to_owned)),
            "department" => self.departments.extend(parts().map(str::to_owned)),
            "kind" => {
                for part in parts() {
                    self.kinds.push(part.parse::<Kind>().map_err(|_| wrong(known(Kind::ALL.map(Kind::name))))?);
                }
            }
            "stream" => {
                for part in parts() {
                    self.streams.push(part.parse::<Stream>().map_err(|_| wrong(known(Stream::ALL.map(Stream::name))))?);
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The same for the warehouse.
    pub fn for_warehouse(&self) -> tingjian_warehouse::Filters {
        tingjian_warehouse::Filters {
            since: self.since,
            until: self.until,
            kinds: self.kinds.clone(),
            causes: self.causes.clone(),
            departments: self.departments.clone(),
            agent_no: self.agent_no.clone(),
            streams: self.streams.clone(),
            ..tingjian_warehouse::Filters::default()
        }
    }

    /// Refuses a span that ends before it begins.
    ///
    /// # Errors
    /// With `until` named.
    pub fn check(&self) -> Result<(), FilterError> {
        match (self.since, self.until) {
            (Some(since), Some(until)) if until < since => Err(FilterError {
                name: "until".into(),
                value: until.to_string(),
                problem: format!("早于 since（{since}）"),
            }),
            _ => Ok(()),
        }
    }
}

fn known<const N: usize>(names: [&str; N]) -> String {
    format!("无法识别；可用：{}", names.join("、"))
}

/// An RFC 3339 time, or a date, which means its first moment in the organisation's zone.
fn time(text: &str, zone: &TimeZone) -> Result<Option<Timestamp>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(Some(moment));
    }
    let date: Date = match text.parse() {
        Ok(date) if text.len() <= "2026-11-16".len() => date,
        _ => return Err("不是时间：请写 2026-11-16 或带时区的 2026-11-16T08:00:00+08:00".into()),
    };
    date.to_zoned(zone.clone()).map(|zoned| Some(zoned.timestamp())).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(pairs: &[(&str, &str)]) -> Result<Filters, String> {
        let zone = TimeZone::fixed(jiff::tz::offset(8));
        let mut filters = Filters::default();
        for (name, value) in pairs {
            assert!(filters.take(name, value, &zone).map_err(|e| e.to_string())?, "{name} is a filter");
        }
        filters.check().map_err(|e| e.to_string())?;
        Ok(filters)
    }

    #[test]
    fn values_come_by_comma_or_by_repeating() {
        let filters =
            taken(&[("kind", "complaint,inquiry"), ("kind", "other"), ("cause", "promise"), ("agent_no", "")]);
        let filters = filters.unwrap();
        assert_eq!(filters.kinds, [Kind::Complaint, Kind::Inquiry, Kind::Other]);
        assert_eq!(filters.causes, ["promise"]);
        assert_eq!(filters.agent_no, None);
    }

    #[test]
    fn a_date_begins_in_the_organisations_zone() {
        let filters = taken(&[("since", "2026-11-16"), ("until", "2026-11-23T00:00:00+08:00")]).unwrap();
        assert_eq!(filters.since.unwrap().to_string(), "2026-11-15T16:00:00Z");
        assert_eq!(filters.until.unwrap().to_string(), "2026-11-22T16:00:00Z");
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (pairs, words) in [
            (vec![("since", "2026-11-16T08:00:00")], "since"),
            (vec![("until", "yesterday")], "until"),
            (vec![("kind", "praise")], "commendation"),
            (vec![("stream", "calls")], "call-notes"),
            (vec![("since", "2026-11-16"), ("until", "2026-11-15")], "早于"),
        ] {
            let error = taken(&pairs).unwrap_err();
            assert!(error.contains(words), "{pairs:?}: {error}");
        }
    }
}
