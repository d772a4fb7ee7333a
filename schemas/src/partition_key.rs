//! Which Kafka partition an event belongs to.

use crate::{Body, Event};

impl Event {
    /// The key that keeps a story in order within its topic: the customer (account, else phone), else the case, else the
    /// order, else the record or request it speaks of, else the event itself.
    ///
    /// The customer leads because repeat contacts are the longest stories; a name alone does not, since many customers
    /// share one. Correctness never rests on the key, as facts mean the same in any order; with it they seldom have to be
    /// worked out twice. A sender that changes an event under its id keeps its partition only while this key is the same.
    pub fn partition_key(&self) -> &str {
        let common = &self.common;
        let customer = common.customer.as_ref().and_then(|c| c.account.as_deref().or(c.phone.as_deref()));
        let spoken_of = match &self.body {
            Body::Judgement(own) => Some(&own.record_id),
            Body::Appeal(own) => Some(&own.record_id),
            Body::Correction(own) => Some(&own.record_id),
            Body::DepartmentRequest(own) => Some(&own.request_id),
            Body::DepartmentReply(own) => Some(&own.request_id),
            _ => None,
        };
        customer
            .or(common.case_id.as_deref())
            .or(common.order_id.as_deref())
            .or(spoken_of.map(String::as_str))
            .unwrap_or(&common.event_id)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Stream, decode};

    fn check(stream: Stream, own: &str, key: &str) {
        let bytes = format!(r#"{{"event_id":"E1","occurred_at":"2026-11-22T09:30:00+08:00",{own}}}"#);
        assert_eq!(decode(stream, bytes.as_bytes()).expect(own).partition_key(), key, "{own}");
    }

    #[test]
    fn the_longest_story_leads() {
        let text = r#""text":"到货太慢","#;
        let complaint = |own: &str, key| check(Stream::Complaints, &format!("{text}{own}"), key);
        complaint(r#""customer":{"account":"A1","phone":"P1"},"case_id":"C1","order_id":"O1""#, "A1");
        complaint(r#""customer":{"phone":"P1","name":"王女士"},"case_id":"C1""#, "P1");
        complaint(r#""customer":{"name":"王女士"},"case_id":"C1","order_id":"O1""#, "C1");
        complaint(r#""order_id":"O1","call_id":"L1""#, "O1");
        complaint(r#""call_id":"L1""#, "E1");
        let judged = r#""record_id":"R1","verdict":"pending","department":"物流","judge":"J1","reason":"待查""#;
        check(Stream::Judgements, judged, "R1");
        check(Stream::DepartmentReplies, r#""request_id":"Q1","department":"物流""#, "Q1");
    }
}
