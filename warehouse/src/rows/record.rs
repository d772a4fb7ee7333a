//! The row of a record with its causes.

use tingjian_schemas::{CauseReading, Praised, Reading, Record, Span, TextBody, Transfer, Versions};

use super::{
    Origin,
    cells::{Each, millis, text},
    stored_row,
};

stored_row! {
    /// One record: head, body, reading. A column of another stream's body is empty. The words of the reading are not
    /// stored: segmenting the text again gives them.
    RecordRow, id = "record_id", {
        stream: &'a str,
        category: &'a str,
        #[serde(rename = "praised.agent_no")]
        praised_agent_no: Each<'a, Praised, &'a str>,
        #[serde(rename = "praised.department")]
        praised_department: Each<'a, Praised, &'a str>,
        filed_by: &'a str,
        recording_ref: &'a str,
        skill_group: &'a str,
        queue_wait_s: Option<u32>,
        talk_s: Option<u32>,
        ivr_presses: Option<u32>,
        ivr_path: &'a [String],
        #[serde(rename = "transfers.from")]
        transfers_from: Each<'a, Transfer, &'a str>,
        #[serde(rename = "transfers.to")]
        transfers_to: Each<'a, Transfer, &'a str>,
        #[serde(rename = "transfers.at")]
        transfers_at: Each<'a, Transfer, i64>,
        questions_repeated: Option<u32>,
        resolved: Option<bool>,
        text: &'a str,
        kind: &'a str,
        kind_score: f32,
        #[serde(rename = "causes.code")]
        causes_code: Each<'a, CauseReading, &'a str>,
        #[serde(rename = "causes.department")]
        causes_department: Each<'a, CauseReading, &'a str>,
        #[serde(rename = "causes.score")]
        causes_score: Each<'a, CauseReading, f32>,
        #[serde(rename = "causes.starts")]
        causes_starts: Each<'a, CauseReading, Each<'a, Span, u32>>,
        #[serde(rename = "causes.ends")]
        causes_ends: Each<'a, CauseReading, Each<'a, Span, u32>>,
        promised_min: Option<u32>,
        actual_min: Option<u32>,
        actual_open: Option<bool>,
        praise: bool,
        abuse: bool,
        abstained: bool,
        dictionary_version: &'a str,
        taxonomy_version: &'a str,
        rules_version: &'a str,
        model_version: &'a str,
    }
}

impl<'a> RecordRow<'a> {
    pub(crate) fn new(record: &'a Record, origin: &Origin<'a>) -> Self {
        let Record { head, body, reading, versions } = record;
        let row = Self { stream: head.stream.name(), ..Self::with_head(head, origin) };
        row.with_body(body).with_reading(reading).with_versions(versions)
    }

    fn with_body(self, body: &'a TextBody) -> Self {
        match body {
            TextBody::Complaint(body) => Self { category: text(&body.category), ..self },
            TextBody::Commendation(body) => Self {
                praised_agent_no: Each::new(&body.praised, |praised| text(&praised.agent_no)),
                praised_department: Each::new(&body.praised, |praised| text(&praised.department)),
                filed_by: text(&body.filed_by),
                recording_ref: text(&body.recording_ref),
                ..self
            },
            TextBody::CallNote(call) => Self {
                skill_group: text(&call.skill_group),
                queue_wait_s: call.queue_wait_s,
                talk_s: call.talk_s,
                ivr_presses: call.ivr_presses,
                ivr_path: &call.ivr_path,
                transfers_from: Each::new(&call.transfers, |transfer| &transfer.from),
                transfers_to: Each::new(&call.transfers, |transfer| &transfer.to),
                transfers_at: Each::new(&call.transfers, |transfer| millis(transfer.at)),
                questions_repeated: call.questions_repeated,
                resolved: call.resolved,
                ..self
            },
        }
    }

    fn with_reading(self, reading: &'a Reading) -> Self {
        let causes = reading.causes.as_slice();
        Self {
            text: &reading.text,
            kind: reading.kind.name(),
            kind_score: reading.kind_score,
            causes_code: Each::new(causes, |cause| &*cause.code),
            causes_department: Each::new(causes, |cause| &*cause.department),
            causes_score: Each::new(causes, |cause| cause.score),
            causes_starts: Each::new(causes, |cause| Each::new(&cause.evidence, |span| span.start)),
            causes_ends: Each::new(causes, |cause| Each::new(&cause.evidence, |span| span.end)),
            promised_min: reading.promised_min,
            actual_min: reading.actual_min,
            actual_open: reading.actual_open,
            praise: reading.praised,
            abuse: reading.abuse,
            abstained: reading.abstained,
            ..self
        }
    }

    fn with_versions(self, versions: &'a Versions) -> Self {
        Self {
            dictionary_version: &versions.dictionary,
            taxonomy_version: &versions.taxonomy,
            rules_version: &versions.rules,
            model_version: &versions.model,
            ..self
        }
    }
}
