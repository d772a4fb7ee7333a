//! A message as a letter: words for every reader, HTML that every mail program shows, the attachment as it was published.
//!
//! Mail programs take no SVG (Outlook, QQ 邮箱, 网易, Gmail) and many show no pictures until they are asked to, so charts are bars made of
//! table cells: they are seen at once, print, and need no font on the server. The report itself, with its charts, is attached.

use askama::Template;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart, header::ContentType};

use super::{Message, message::Bars};

#[derive(Template)]
#[template(path = "mail.html")]
struct Html<'m> {
    message: &'m Message,
    bars: Vec<ShownBars<'m>>,
}

struct ShownBars<'m> {
    bars: &'m Bars,
    rows: Vec<(&'m [String], u32)>,
}

/// Percent of the widest bar; a bar that stands for something is seen.
fn widths(bars: &Bars) -> Vec<(&[String], u32)> {
    let most = bars.rows.iter().map(|row| row.amount).max().unwrap_or(0).max(1);
    let percent = |amount: u64| u32::try_from((amount * 100).div_ceil(most)).unwrap_or(100);
    bars.rows.iter().map(|row| (row.cells.as_slice(), percent(row.amount))).collect()
}

/// The letter.
///
/// # Errors
/// An address or a name that no letter can carry.
pub fn letter(from: &Mailbox, to: &str, id: &str, message: &Message) -> anyhow::Result<lettre::Message> {
    let bars = message.bars.iter().map(|bars| ShownBars { bars, rows: widths(bars) }).collect();
    let html = Html { message, bars }.render()?;
    let words =
        MultiPart::alternative().singlepart(SinglePart::plain(message.plain())).singlepart(SinglePart::html(html));
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
