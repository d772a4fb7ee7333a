//! What an import came to.

use std::path::PathBuf;

use serde_json::json;

use tingjian_sheets::error_file::Tally;

use crate::{
    args::{Format, Import},
    failure::{Failure, Outcome},
    import::{bar::Bar, ledger::State, send::Ending},
    labels,
    output::Output,
};

/// Reasons shown.
const SHOWN_REASONS: usize = 5;

/// What an import came to.
pub struct Summary<'a> {
    /// Rows that the server has taken but not stored yet, where it tells.
    pub behind: Option<u64>,
    /// What was asked for.
    pub options: &'a Import,
    /// The totals.
    pub state: &'a State,
    /// The error file and how often each reason came.
    pub errors: Option<(PathBuf, Tally)>,
    /// How it ended.
    pub ending: Ending,
    /// Rows with the id of a row before them.
    pub repeated_ids: u64,
    /// Rows that an earlier run had sent.
    pub resumed_from: u64,
    /// Time and rate.
    pub bar: &'a Bar,
}

impl Summary<'_> {
    /// Writes it, and gives the outcome.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn tell(&self, output: &Output) -> Result<Outcome, Failure> {
        if output.format == Format::Json {
            output.raw(self.json().as_bytes())?;
        } else {
            output.text(&self.text())?;
        }
        Ok(Outcome::found(self.state.refused == 0 && self.state.rows > 0))
    }

    fn json(&self) -> String {
        let state = self.state;
        json!({
            "file": self.options.file.display().to_string(),
            "stream": self.options.stream,
            "complete": self.ending == Ending::Whole,
            "rows": state.rows,
            "accepted": state.accepted,
            "rejected": state.refused,
            "errors_file": self.errors.as_ref().map(|(path, _)| path.display().to_string()),
            "reasons": self.errors.as_ref().map(|(_, tally)| tally),
            "repeated_ids": self.repeated_ids,
            "not_stored_yet": self.behind,
            "resumed_from": self.resumed_from,
            "seconds": self.bar.seconds(),
        })
        .to_string()
    }

    fn text(&self) -> String {
        let (state, options) = (self.state, self.options);
        let stream = labels::of("stream", options.stream.name());
        let ended = match (&self.ending, state.rows) {
            (_, 0) => "文件里没有数据行",
            (Ending::Whole, _) => "导入完成",
            (Ending::AllRefused, _) => "第一批全部被拒，已停止",
        };
        let (file, seconds, rate) = (options.file.display(), self.bar.seconds(), self.bar.rate());
        let mut text = format!("{ended}：{file} → {stream}\n");
        text.push_str(&format!(
            "  共 {} 行，接受 {}，拒绝 {}；用时 {seconds:.1} 秒，{rate:.0} 行/秒\n",
            state.rows, state.accepted, state.refused
        ));
        if let Some(behind) = self.behind.filter(|behind| *behind > 0) {
            text.push_str(&format!("  都已收下；还有 {behind} 条正在入库，随后可以搜到（--wait 等到入库完成）。\n"));
        }
        if self.repeated_ids > 0 {
            text.push_str(&format!(
                "  注意：有 {} 行的编号与前面的行相同，同一编号只计一条、以后到的为准；如非本意，请换一列作编号。\n",
                self.repeated_ids
            ));
        }
        if let Some((path, tally)) = &self.errors {
            text.push_str(&format!("  被拒的行和原因：{}\n", path.display()));
            let mut reasons: Vec<_> = tally.iter().collect();
            reasons.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
            for (reason, count) in reasons.into_iter().take(SHOWN_REASONS) {
                text.push_str(&format!("    {reason}：{count} 行\n"));
            }
        }
        if self.ending == Ending::AllRefused {
            text.push_str("  多半是 --stream 或列的对应不对；先用 --dry-run 看看。确要继续，加 --keep-going。\n");
        }
        text
    }
}
