//! Answers questions at their time and sends the answers, each once.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::sync::watch::Receiver;

use super::{
    AnswerError, Question,
    answer::{Answer, answer},
    schedule::Due,
};
use crate::{
    app::App,
    delivery::{self, Asked, Channels, File, Message, Outcome},
};

/// Between two looks at the clock.
const LOOK_INTERVAL: Duration = Duration::from_secs(10);
/// What an answer's signed link is called.
const ASKED: Asked = Asked { words: "我已读", of_groups: false };
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Looks at the clock until `stop` turns true.
pub async fn watch(app: Arc<App>, channels: Channels, mut stop: Receiver<bool>) {
    loop {
        match app.questions.of(None) {
            Err(error) => tracing::warn!(%error, "questions not looked at"),
            Ok(questions) => {
                for question in questions {
                    if let Err(error) = look(&app, &channels, &question).await {
                        tracing::warn!(%error, question = question.name, account = question.account, "not answered yet");
                    }
                }
            }
        }
        tracing::debug!("questions looked at");
        tokio::select! {
            () = tokio::time::sleep(LOOK_INTERVAL) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

/// Answers one that is due and that nobody has claimed.
async fn look(app: &App, channels: &Channels, question: &Question) -> Result<(), AnswerError> {
    let Some(due) = question.when.due(question.kept_at, Timestamp::now(), &app.zone) else { return Ok(()) };
    let subject = format!("question/{}@{}", question.id, due.at);
    let channel = channels.named(&question.channel).into_iter();
    let open = delivery::unclaimed(app, channel, &subject).await.map_err(tingjian_query::QueryError::from)?;
    if open.is_empty() {
        return Ok(());
    }
    match answer(app, question, due).await {
        Ok(answer) => delivery::send_all(app, open, &message(app, question, due, answer), &ASKED).await,
        // Said once, in the log.
        Err(AnswerError::Refused(why)) => delivery::refuse_all(app, open, &Outcome::Refused(why)).await,
        Err(for_now) => return Err(for_now),
    }
    Ok(())
}

fn message(app: &App, question: &Question, due: Due, answer: Answer) -> Message {
    let day = due.at.to_zoned(app.zone.clone()).strftime("%Y-%m-%d").to_string();
    let page = if question.kind == super::Kind::Search { "search" } else { "causes" };
    let name: String = question.name.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let file =
        File { name: format!("{name}-{day}.xlsx"), media: XLSX, bytes: answer.workbook.into(), for_programs: true };
    Message {
        title: format!("听见：{} {day}", question.name),
        paragraphs: vec![
            format!("共 {} 条记录，见附件。", answer.records),
            format!("由 {} 订阅；按其现有权限回答。", question.account),
        ],
        link: format!("{}/{page}?{}", app.config.server.address(), question.query),
        attachments: vec![file],
        data: serde_json::json!({"kind": "question", "id": question.id, "name": question.name, "records": answer.records}),
        ..Message::default()
    }
}
