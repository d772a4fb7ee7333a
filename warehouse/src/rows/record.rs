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
        let mut row = Self::with_head(&record.head, origin);
        row.stream = record.head.stream.name();
        row.fill_body(&record.body);
        row.fill_reading(&record.reading);
        row.fill_versions(&record.versions);
        row
    }

    // Filled in place: a row is large, and copying it costs more than filling it.
    fn fill_body(&mut self, body: &'a TextBody) {
        match body {
            TextBody::Complaint(body) => self.category = text(&body.category),
            TextBody::Commendation(body) => {
                self.praised_agent_no = Each::new(&body.praised, |praised| text(&praised.agent_no));
                self.praised_department = Each::new(&body.praised, |praised| text(&praised.department));
                self.filed_by = text(&body.filed_by);
                self.recording_ref = text(&body.recording_ref);
            }
            TextBody::CallNote(call) => {
                self.skill_group = text(&call.skill_group);
                self.queue_wait_s = call.queue_wait_s;
                self.talk_s = call.talk_s;
                self.ivr_presses = call.ivr_presses;
                self.ivr_path = &call.ivr_path;
                self.transfers_from = Each::new(&call.transfers, |transfer| &transfer.from);
                self.transfers_to = Each::new(&call.transfers, |transfer| &transfer.to);
                self.transfers_at = Each::new(&call.transfers, |transfer| millis(transfer.at));
                self.questions_repeated = call.questions_repeated;
                self.resolved = call.resolved;
            }
        }
    }

    fn fill_reading(&mut self, reading: &'a Reading) {
        let causes = reading.causes.as_slice();
        self.text = &reading.text;
        self.kind = reading.kind.name();
        self.kind_score = reading.kind_score;
        self.causes_code = Each::new(causes, |cause| &*cause.code);
        self.causes_department = Each::new(causes, |cause| &*cause.department);
        self.causes_score = Each::new(causes, |cause| cause.score);
        self.causes_starts = Each::new(causes, |cause| Each::new(&cause.evidence, |span| span.start));
        self.causes_ends = Each::new(causes, |cause| Each::new(&cause.evidence, |span| span.end));
        self.promised_min = reading.promised_min;
        self.actual_min = reading.actual_min;
        self.actual_open = reading.actual_open;
        self.praise = reading.praised;
        self.abuse = reading.abuse;
        self.abstained = reading.abstained;
    }

    fn fill_versions(&mut self, versions: &'a Versions) {
        self.dictionary_version = &versions.dictionary;
        self.taxonomy_version = &versions.taxonomy;
        self.rules_version = &versions.rules;
        self.model_version = &versions.model;
    }
}
