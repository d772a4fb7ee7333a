//! CSV that a spreadsheet opens as it is meant.

use std::io::Write;

use tingjian_sheets::{Zone, disarmed};

use super::{Cell, Column, Sink};
use crate::failure::{Failure, io_words};

/// A CSV file or stream being written.
pub struct CsvFile {
    writer: csv::Writer<Sink>,
    zone: Zone,
}

impl CsvFile {
    /// Writes the titles; `bom` first marks the file as UTF-8 for spreadsheets.
    pub fn new(mut sink: Sink, columns: &[Column], bom: bool, zone: Zone) -> Result<Self, Failure> {
        if bom {
            sink.write_all("\u{feff}".as_bytes())?;
        }
        let mut writer = csv::Writer::from_writer(sink);
        writer.write_record(columns.iter().map(|c| c.title)).map_err(into_io)?;
        Ok(Self { writer, zone })
    }

    /// Writes rows.
    pub fn page(&mut self, rows: &[Vec<Cell>]) -> std::io::Result<()> {
        for row in rows {
            self.writer.write_record(row.iter().map(|cell| plain(cell, &self.zone))).map_err(into_io)?;
        }
        Ok(())
    }

    /// Ends the file.
    pub fn finish(self) -> Result<(), Failure> {
        let sink = self.writer.into_inner().map_err(|e| Failure::Output(std::io::Error::other(io_words(e.error()))))?;
        Ok(sink.close()?)
    }
}

fn into_io(error: csv::Error) -> std::io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => std::io::Error::other(format!("{other:?}")),
    }
}

/// A value for machines: numbers bare, times RFC 3339 in the zone, texts with formulas disarmed.
fn plain(cell: &Cell, zone: &Zone) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => disarmed(text).into_owned(),
        Cell::Time(time) => zone.local(time).unwrap_or_else(|| disarmed(time).into_owned()),
        Cell::Marked(runs) => disarmed(&runs.iter().map(|r| r.text.as_str()).collect::<String>()).into_owned(),
        Cell::Several(texts) => disarmed(&texts.join("、")).into_owned(),
        Cell::Count(number) => number.to_string(),
        Cell::Number(number, _) | Cell::Share(number) | Cell::Change(number) => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_disarmed_and_numbers_are_not() {
        let zone: Zone = "Asia/Shanghai".parse().unwrap();
        let plain = |cell: Cell| plain(&cell, &zone);
        for armed in ["=HYPERLINK(\"x\")", "+1", "-1+2", "@SUM(1)", "\t=1", "＝1"] {
            assert_eq!(plain(Cell::Text(armed.to_owned())), format!("'{armed}"));
        }
        assert_eq!(plain(Cell::Text("承诺-40".to_owned())), "承诺-40");
        assert_eq!(plain(Cell::Change(-0.25)), "-0.25");
        assert_eq!(plain(Cell::Empty), "");
        assert_eq!(plain(Cell::Time("2026-05-01T01:05:00Z".to_owned())), "2026-05-01T09:05:00+08:00");
        assert_eq!(plain(Cell::Time("=1".to_owned())), "'=1");
    }
}
