//! One message to one end of a channel, tried again with growing pauses.

use std::time::Duration;

use jiff::Timestamp;

use super::{
    Channel, Message,
    channels::Kind,
    form::{Formed, form},
    outcome::{Outcome, read},
};

/// Tries of one message.
const TRIES: u32 = 6;
/// Pause after the first try; doubles. A robot that is asked too often rests for a minute or more.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// Longest wait for one answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(20);
/// Bytes of an answer read.
const ANSWER_BYTES: u64 = 64 << 10;

/// One message on its way to one end of a channel.
#[derive(Clone, Copy)]
pub struct Posting<'p> {
    /// The channel.
    pub channel: &'p Channel,
    /// Which of its ends; empty: it has but one.
    pub end: &'p str,
    /// Names the message to whoever gets it twice: of letters and digits, the same at every try.
    pub id: &'p str,
    /// What is said.
    pub message: &'p Message,
}

/// Sends a message; `first_pause` is for those who wait for it.
pub async fn send(posting: Posting<'_>, first_pause: Option<Duration>) -> Outcome {
    let mut pause = first_pause.unwrap_or(FIRST_PAUSE);
    let mut last = String::new();
    for attempt in 1..=TRIES {
        match once(posting).await {
            Outcome::Later(why) => {
                tracing::warn!(channel = %posting.channel.name, attempt, why, "message not delivered yet");
                last = why;
            }
            done => return done,
        }
        if attempt < TRIES {
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
    }
    Outcome::Refused(format!("试了 {TRIES} 次：{last}"))
}

async fn once(posting: Posting<'_>) -> Outcome {
    let tried = match posting.channel.kind {
        Kind::Email => by_mail(posting).await,
        _ => by_http(posting).await,
    };
    tried.unwrap_or_else(|_| Outcome::Later("服务正在停止".to_owned()))
}

async fn by_mail(posting: Posting<'_>) -> Result<Outcome, tokio::task::JoinError> {
    let Some(mail) = posting.channel.mail.clone() else {
        return Ok(Outcome::Refused("没有配置 [mail]".to_owned()));
    };
    let (end, id, message) = (posting.end.to_owned(), posting.id.to_owned(), posting.message.clone());
    tokio::task::spawn_blocking(move || mail.send(&end, &id, &message)).await
}

async fn by_http(posting: Posting<'_>) -> Result<Outcome, tokio::task::JoinError> {
    let Posting { channel, message, .. } = posting;
    // Files are read at every try: a secret may be put right meanwhile.
    let formed = match (channel.url(), channel.signing_secret()) {
        (Ok(url), Ok(secret)) => form(channel.kind, &url, secret.as_deref(), message, Timestamp::now()),
        (Err(error), _) | (_, Err(error)) => return Ok(Outcome::Later(error.to_string())),
    };
    let kind = channel.kind;
    let posted = tokio::task::spawn_blocking(move || post(&formed)).await?;
    Ok(posted.map_or_else(Outcome::Later, |(status, body)| read(kind, status, &body)))
}

fn post(formed: &Formed) -> Result<(u16, String), String> {
    let config = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(ANSWER_TIMEOUT));
    let mut request = config.build().new_agent().post(&formed.url).content_type("application/json; charset=utf-8");
    for (name, value) in &formed.headers {
        request = request.header(*name, value);
    }
    // The library's words may name the address, and the address is a secret.
    let mut answer = request.send(formed.body.as_bytes()).map_err(|_| "连不上，或没有回答".to_owned())?;
    let status = answer.status().as_u16();
    let body = answer.body_mut().with_config().limit(ANSWER_BYTES).read_to_string().unwrap_or_default();
    Ok((status, body))
}
