//! A message as a letter: words for every reader, HTML that every mail program shows, the attachment as it was published.
//!
//! Mail programs take no SVG (Outlook, QQ 邮箱, 网易, Gmail), and what is fetched from elsewhere they hold back. So counts are bars made of
//! table cells, and a lane's promise and capability a small picture that comes with the letter, with its words beside it: whoever sees no
//! pictures misses nothing. Neither needs a font on the server. The report itself, with its charts, is attached.

use askama::Template;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart, header::ContentType};

use super::{Message, message::Bars, picture::Picture};

#[derive(Template)]
#[template(path = "mail.html")]
struct Html<'m> {
    message: &'m Message,
    bars: Vec<ShownBars<'m>>,
}

struct ShownBars<'m> {
    bars: &'m Bars,
    rows: Vec<ShownRow<'m>>,
}

struct ShownRow<'m> {
    cells: &'m [String],
    /// Percent of the widest bar.
    wide: u32,
    picture: Option<Inlaid<'m>>,
}

/// A picture, and the name by which the letter's HTML asks for it.
struct Inlaid<'m> {
    name: String,
    picture: &'m Picture,
}

fn shown(table: usize, bars: &Bars) -> ShownBars<'_> {
    let most = bars.rows.iter().map(|row| row.amount).max().unwrap_or(0).max(1);
    let rows = bars.rows.iter().enumerate().map(|(place, row)| ShownRow {
        cells: &row.cells,
        // A bar that stands for something is seen.
        wide: u32::try_from((row.amount * 100).div_ceil(most)).unwrap_or(100),
        picture: row.picture.as_ref().map(|picture| Inlaid { name: format!("row-{table}-{place}"), picture }),
    });
    ShownBars { bars, rows: rows.collect() }
}

/// The letter.
///
/// # Errors
/// An address or a name that no letter can carry.
pub fn letter(from: &Mailbox, to: &str, id: &str, message: &Message) -> anyhow::Result<lettre::Message> {
    let bars: Vec<_> = message.bars.iter().enumerate().map(|(table, bars)| shown(table, bars)).collect();
    let inlaid = bars.iter().flat_map(|shown| &shown.rows).filter_map(|row| row.picture.as_ref());
    let pictures: Vec<_> = inlaid.map(|one| (one.name.clone(), one.picture.png.to_vec())).collect();
    let html = Html { message, bars }.render()?;
    let mut page = MultiPart::related().singlepart(SinglePart::html(html));
    for (name, png) in pictures {
        page = page.singlepart(Attachment::new_inline(name).body(png, ContentType::parse("image/png")?));
    }
    let words = MultiPart::alternative().singlepart(SinglePart::plain(message.plain())).multipart(page);
    let mut parts = MultiPart::mixed().multipart(words);
    for file in &message.attachments {
        let media = ContentType::parse(file.media)?;
        parts = parts.singlepart(Attachment::new(file.name.clone()).body(file.bytes.to_vec(), media));
    }
    let letter = lettre::Message::builder()
        .from(from.clone())
        .to(to.parse()?)
        .subject(message.title.as_str())
        .message_id(Some(format!("<{id}@{}>", from.email.domain())));
    Ok(letter.multipart(parts)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The wave of over-promises as the report's own tests have it.
    const WAVE: &str = include_str!("../../../report/tests/golden/wave.json");

    #[test]
    fn every_lane_has_its_picture_inside_the_letter() {
        let edition: serde_json::Value = serde_json::from_str(WAVE).unwrap();
        let report: tingjian_report::Report = serde_json::from_value(edition["report"].clone()).unwrap();
        let message = Message::of_report(&report, String::new(), "<!doctype html>");
        let from: Mailbox = "report@tingjian.example".parse().unwrap();
        let sent = letter(&from, "wang@example.cn", "one", &message).unwrap().formatted();
        let sent = String::from_utf8(sent).unwrap();
        let lanes = report.over_promises.items.len();
        assert!(lanes > 1);
        assert_eq!(sent.matches("Content-Type: image/png").count(), lanes);
        for place in 0..lanes {
            assert!(sent.contains(&format!("Content-ID: <row-0-{place}>")), "{place}");
        }
        assert!(sent.contains("multipart/related") && sent.contains("Content-Disposition: inline"));
        let pictures = message.bars[0].rows.iter().map(|row| row.picture.clone().unwrap());
        for (picture, lane) in pictures.zip(&report.over_promises.items) {
            assert!(picture.png.starts_with(b"\x89PNG"), "{}", lane.lane);
            assert!(picture.alt.starts_with("承诺 ") && picture.alt.contains("应改为"), "{}", picture.alt);
            // Something is drawn: an empty picture of this size is far smaller.
            assert!(picture.png.len() > 400, "{} bytes", picture.png.len());
        }
    }
}
