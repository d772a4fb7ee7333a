//! One thing to be sent to every end of every channel that takes it, each once.

use std::{fmt::Write, time::Duration};

use futures_util::{StreamExt, stream};
use sha2::{Digest, Sha256};
use tingjian_warehouse::WarehouseError;

use super::{
    Channel, Channels, Message, Outcome, Posting,
    channels::Takes,
    claim::{claim, note},
    message::Seen,
    send,
};
use crate::app::App;

/// Ends that are sent to at the same time.
const SENT_AT_ONCE: usize = 4;
/// Hexadecimal digits of a message's id.
const ID_DIGITS: usize = 32;

/// One end of one channel, and the key of what is sent there in the log.
pub struct Address<'c> {
    channel: &'c Channel,
    end: &'c str,
    key: String,
}

/// Everything that `subject` (`weekly/2026-W47`) goes to and that nobody has claimed.
///
/// # Errors
/// The warehouse is away.
pub async fn unclaimed<'c>(
    app: &App,
    channels: impl Iterator<Item = &'c Channel>,
    subject: &str,
) -> Result<Vec<Address<'c>>, WarehouseError> {
    let mut open = Vec::new();
    for channel in channels {
        for end in channel.ends() {
            let key = key(subject, channel, end);
            if app.warehouse.delivery_notes(&key).await?.is_empty() {
                open.push(Address { channel, end, key });
            }
        }
    }
    Ok(open)
}

/// The channels that take a kind of message.
pub fn taking(channels: &Channels, what: Takes) -> impl Iterator<Item = &Channel> {
    channels.channel.iter().filter(move |channel| channel.takes.contains(&what))
}

fn key(subject: &str, channel: &Channel, end: &str) -> String {
    let mut key = format!("{subject}/{}", channel.name);
    if !end.is_empty() {
        let _ = write!(key, "/{end}");
    }
    key
}

/// What the signed link of a message is called.
pub struct Asked {
    /// The words.
    pub words: &'static str,
    /// Also of groups, which cannot tell who of them it was.
    pub of_groups: bool,
}

/// Claims each address and sends `message` there, with a signed link of its own.
pub async fn send_all(app: &App, open: Vec<Address<'_>>, message: &Message, asked: &Asked) {
    stream::iter(open)
        .for_each_concurrent(SENT_AT_ONCE, |address| async move {
            if let Err(error) = send_one(app, &address, message, asked).await {
                tracing::warn!(%error, key = address.key, "delivery not noted");
            }
        })
        .await;
}

/// Claims each address and notes that nothing could be sent there.
pub async fn refuse_all(app: &App, open: Vec<Address<'_>>, why: &Outcome) {
    for Address { key, channel, .. } in open {
        let noted = async {
            if claim(app, &key).await? {
                note(app, &key, why.clone(), channel.tells_seen()).await?;
            }
            Ok::<(), WarehouseError>(())
        };
        if let Err(error) = noted.await {
            tracing::warn!(%error, key, "delivery not noted");
        }
    }
}

async fn send_one(app: &App, address: &Address<'_>, message: &Message, asked: &Asked) -> Result<(), WarehouseError> {
    let Address { channel, end, key } = address;
    if !claim(app, key).await? {
        return Ok(());
    }
    let is_asked = asked.of_groups || channel.tells_seen();
    let link = || app.seen_links.address(&app.config.server.address(), key, channel.kind);
    let seen = is_asked.then(|| Seen { link: link(), words: asked.words });
    let message = Message { seen, ..message.clone() };
    let outcome = send(Posting { channel, end, id: &id(key), message: &message }, None).await;
    note(app, key, outcome, channel.tells_seen()).await
}

/// Of letters and digits, always the same.
fn id(key: &str) -> String {
    let mut id: String = Sha256::digest(key).iter().map(|byte| format!("{byte:02x}")).collect();
    id.truncate(ID_DIGITS);
    id
}

/// Between the tries of a test: whoever asks waits for it.
const TEST_PAUSE: Duration = Duration::from_millis(200);

/// Sends a test message to one end of a channel.
pub async fn send_test(channel: &Channel, end: &str) -> Outcome {
    let message = Message {
        title: "听见：测试消息".into(),
        paragraphs: vec![format!("通道“{}”可以收到消息。", channel.name)],
        data: serde_json::json!({"kind": "test"}),
        ..Message::default()
    };
    let now = jiff::Timestamp::now();
    let id = id(&format!("test/{}/{end}/{now}", channel.name));
    send(Posting { channel, end, id: &id, message: &message }, Some(TEST_PAUSE)).await
}
