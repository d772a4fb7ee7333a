//! Filters: what a record must be, besides containing the query's terms.

use tantivy::{
    Term,
    query::{BooleanQuery, Occur, Query, TermQuery},
    schema::IndexRecordOption,
};

use crate::{SearchRequest, fields::Fields, shape::Shape, zones::Zone};

/// The filters of a request in the form in which they are applied.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    /// Milliseconds: first inclusive, last exclusive.
    pub(crate) since: Option<i64>,
    pub(crate) until: Option<i64>,
    request: SearchRequest,
}

impl Filter {
    pub(crate) fn of(request: &SearchRequest) -> Self {
        Self {
            since: request.since.map(|time| time.as_millisecond()),
            until: request.until.map(|time| time.as_millisecond()),
            request: request.clone(),
        }
    }

    /// Whether any record is left out because of its time.
    pub(crate) fn looks_at_time(&self) -> bool {
        self.since.is_some() || self.until.is_some()
    }

    /// Whether any record is left out because of its shape.
    pub(crate) fn looks_at_shape(&self) -> bool {
        let request = &self.request;
        !(request.kinds.is_empty()
            && request.causes.is_empty()
            && request.departments.is_empty()
            && request.streams.is_empty())
    }

    /// Whether a record that happened at `millis` stays.
    #[inline]
    pub(crate) fn accepts_time(&self, millis: i64) -> bool {
        self.since.is_none_or(|since| since <= millis) && self.until.is_none_or(|until| millis < until)
    }

    /// Whether all records that happened within `zone` stay, as far as time goes.
    pub(crate) fn accepts_all_of(&self, zone: Zone) -> bool {
        self.accepts_time(zone.earliest) && self.accepts_time(zone.latest)
    }

    /// Whether some records that happened within `zone` may stay, as far as time goes.
    pub(crate) fn may_accept(&self, zone: Zone) -> bool {
        self.since.is_none_or(|since| since <= zone.latest) && self.until.is_none_or(|until| zone.earliest < until)
    }

    /// Whether the finder is narrowed: see [`Filter::narrow`].
    pub(crate) fn narrows(&self) -> bool {
        self.request.agent_no.is_some() || self.request.channel.is_some()
    }

    /// Whether a record of `shape` stays.
    pub(crate) fn accepts_shape(&self, shape: &Shape) -> bool {
        let request = &self.request;
        let any = |wanted: &[String], held: &[std::sync::Arc<str>], is: fn(&str, &str) -> bool| {
            wanted.is_empty() || wanted.iter().any(|wanted| held.iter().any(|held| is(wanted, held)))
        };
        (request.kinds.is_empty() || request.kinds.contains(&shape.kind))
            && (request.streams.is_empty() || request.streams.contains(&shape.stream))
            && any(&request.causes, &shape.causes, names_cause)
            && any(&request.departments, &shape.departments, |wanted, held| wanted == held)
    }

    /// `finder`, narrowed to the agent and the channel asked for, which have lists of their own.
    pub(crate) fn narrow(&self, finder: Box<dyn Query>, fields: &Fields) -> Box<dyn Query> {
        let agent = self.request.agent_no.as_ref().map(|agent| Term::from_field_text(fields.agent_no, agent));
        let channel = self.request.channel.as_ref().map(|channel| Term::from_field_text(fields.channel, channel));
        let mut clauses = vec![(Occur::Must, finder)];
        for term in agent.into_iter().chain(channel) {
            clauses.push((Occur::Must, Box::new(TermQuery::new(term, IndexRecordOption::Basic))));
        }
        match clauses.pop() {
            Some((_, only)) if clauses.is_empty() => only,
            last => {
                clauses.extend(last);
                Box::new(BooleanQuery::new(clauses))
            }
        }
    }
}

/// `fulfil` names `fulfil.lost`; `fulfil.lost` names itself.
fn names_cause(wanted: &str, held: &str) -> bool {
    held.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_names_its_causes() {
        assert!(names_cause("fulfil", "fulfil.lost"));
        assert!(names_cause("fulfil.lost", "fulfil.lost"));
        assert!(!names_cause("fulfil.lo", "fulfil.lost"));
        assert!(!names_cause("fulfil.lost.x", "fulfil.lost"));
    }
}
