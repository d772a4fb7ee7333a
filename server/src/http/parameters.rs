//! Query-string parameters: every one is known or refused.

use jiff::tz::TimeZone;
use tingjian_query::{FilterError, Filters};

use super::problem::Problem;

/// Hits and items of one page where the caller does not say.
pub const DEFAULT_LIMIT: usize = 20;
/// Hits and items of one page at most.
pub const MAX_LIMIT: usize = 1_000;

/// Which part of a list of groups is asked for.
pub struct Window {
    skip: usize,
    limit: usize,
}

impl Window {
    /// Leaves only the part asked for; tells the cursor of the next one.
    pub fn cut<T>(&self, groups: &mut Vec<T>) -> Option<String> {
        let end = self.skip.saturating_add(self.limit);
        let next = (end < groups.len()).then(|| end.to_string());
        groups.truncate(end);
        groups.drain(..self.skip.min(groups.len()));
        next
    }
}

/// The pairs of a query string, taken one name at a time.
pub struct Parameters {
    pairs: Vec<(String, String)>,
}

impl Parameters {
    /// Of decoded pairs.
    pub fn new(pairs: Vec<(String, String)>) -> Self {
        Self { pairs }
    }

    /// Takes the filters out.
    ///
    /// # Errors
    /// A value that cannot be read.
    pub fn filters(&mut self, zone: &TimeZone) -> Result<Filters, Problem> {
        let mut filters = Filters::default();
        let mut rest = Vec::new();
        for (name, value) in std::mem::take(&mut self.pairs) {
            if !filters.take(&name, &value, zone).map_err(|e| wrong(&e))? {
                rest.push((name, value));
            }
        }
        filters.check().map_err(|e| wrong(&e))?;
        self.pairs = rest;
        Ok(filters)
    }

    /// Takes `since` and `until` out.
    ///
    /// # Errors
    /// A time that cannot be read; an end before the beginning.
    pub fn span(&mut self, zone: &TimeZone) -> Result<Filters, Problem> {
        let times = ["since", "until"].map(|name| (name, self.take(name).unwrap_or_default()));
        let mut filters = Filters::default();
        for (name, value) in times {
            filters.take(name, &value, zone).map_err(|e| wrong(&e))?;
        }
        filters.check().map_err(|e| wrong(&e))?;
        Ok(filters)
    }

    /// Takes one parameter out; the last one counts, an empty one is none.
    pub fn take(&mut self, name: &str) -> Option<String> {
        let mut found = None;
        self.pairs.retain_mut(|(pair, value)| {
            if pair == name {
                found = Some(std::mem::take(value));
            }
            pair != name
        });
        found.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// Takes `limit` out.
    ///
    /// # Errors
    /// Not a number in 1 to [`MAX_LIMIT`].
    pub fn limit(&mut self) -> Result<usize, Problem> {
        match self.take("limit") {
            None => Ok(DEFAULT_LIMIT),
            Some(text) => match text.parse() {
                Ok(limit) if (1..=MAX_LIMIT).contains(&limit) => Ok(limit),
                _ => Err(Problem::bad_request(format!("参数 limit 的值 {text:?} 须为 1 到 {MAX_LIMIT} 的整数"))),
            },
        }
    }

    /// Takes `limit` and `cursor` of a list of groups out; without them all of it is told.
    ///
    /// # Errors
    /// A limit as in [`Parameters::limit`]; a cursor that no answer gave.
    pub fn window(&mut self) -> Result<Window, Problem> {
        let cursor = self.take("cursor").unwrap_or_else(|| "0".to_owned());
        let wrong = || Problem::bad_request(format!("参数 cursor 的值 {cursor:?} 不是本接口给出的 next"));
        let skip = cursor.parse().map_err(|_| wrong())?;
        let limit = if self.pairs.iter().any(|(name, _)| name == "limit") { self.limit()? } else { usize::MAX };
        Ok(Window { skip, limit })
    }

    /// Refuses what nobody took.
    ///
    /// # Errors
    /// Names the first unknown parameter and the known ones most like it.
    pub fn finish(self, known: &[&str]) -> Result<(), Problem> {
        match self.pairs.first() {
            None => Ok(()),
            Some((name, _)) => {
                let distance = |known: &&&str| strsim::damerau_levenshtein(known, name);
                let nearest = known.iter().chain(FILTERS).min_by_key(distance).copied().unwrap_or_default();
                Err(Problem::bad_request(format!("未知参数 {name}，最接近的是 {nearest}")))
            }
        }
    }
}

/// Names of the filters.
pub const FILTERS: &[&str] = &["since", "until", "kind", "cause", "department", "agent_no", "stream"];

fn wrong(error: &FilterError) -> Problem {
    Problem::bad_request(error.to_string())
}
