//! Where messages go, as the organisation lists it in a file of its own. What is secret stands in further files, and is read when
//! it is needed and never shown.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use lettre::message::Mailbox;
use serde::Deserialize;

use super::mail::MailServer;

/// Channels of one file at most.
const MOST: usize = 50;
/// Mailboxes of one channel at most.
const MOST_MAILBOXES: usize = 100;

/// All channels.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channels {
    /// In the order of the file.
    #[serde(default)]
    pub channel: Vec<Channel>,
    /// Through which mail leaves.
    mail: Option<MailServer>,
}

/// The kinds of channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 企业微信 group robot.
    Wecom,
    /// 钉钉 group robot.
    Dingtalk,
    /// 飞书 group robot.
    Feishu,
    /// Any receiver of signed JSON.
    Webhook,
    /// Mailboxes.
    Email,
}

/// What a channel takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Takes {
    /// The weekly report.
    Reports,
    /// Alerts between reports.
    Alerts,
    /// Answers to people's own questions: only where it is said, and only where a file can go.
    Questions,
}

/// One channel.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// Its name in the log; unique.
    pub name: String,
    /// What stands at its other end.
    pub kind: Kind,
    /// File with the address, which carries the robot's key; mail has none.
    pub url_file: Option<PathBuf>,
    /// File with the secret that messages are signed with; a webhook must have one.
    pub secret_file: Option<PathBuf>,
    /// Mailboxes: `王总 <wang@example.cn>`.
    #[serde(default)]
    pub to: Vec<String>,
    /// What is sent over it; questions name their channel themselves.
    #[serde(default = "everything")]
    pub takes: Vec<Takes>,
    /// Through which its mail leaves.
    #[serde(skip)]
    pub mail: Option<MailServer>,
}

fn everything() -> Vec<Takes> {
    vec![Takes::Reports, Takes::Alerts]
}

/// Without paths: a log shows names only.
impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel").field("name", &self.name).field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl Channels {
    /// Reads the file; relative paths in it are beside it.
    ///
    /// # Errors
    /// Unreadable; unknown keys; two of one name; a webhook without a secret; mail without a server or a mailbox.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        let text =
            std::fs::read_to_string(path).with_context(|| format!("配置项 reports.channels_file：读不到 {shown}"))?;
        let mut channels: Self = toml::from_str(&text).with_context(|| format!("{shown} 不是有效的通道文件"))?;
        let folder = path.parent().unwrap_or(Path::new("."));
        if let Some(mail) = &mut channels.mail {
            mail.beside(folder);
            mail.check().with_context(|| format!("{shown} 的 [mail]"))?;
        }
        for channel in &mut channels.channel {
            channel.url_file = channel.url_file.as_ref().map(|file| folder.join(file));
            channel.secret_file = channel.secret_file.as_ref().map(|file| folder.join(file));
            channel.mail = channels.mail.clone().filter(|_| channel.kind == Kind::Email);
        }
        channels.check(&shown.to_string())?;
        Ok(channels)
    }

    /// The channel of a name.
    pub fn named(&self, name: &str) -> Option<&Channel> {
        self.channel.iter().find(|channel| channel.name == name)
    }

    fn check(&self, file: &str) -> anyhow::Result<()> {
        if self.channel.len() > MOST {
            bail!("{file}：通道至多 {MOST} 个");
        }
        for (place, channel) in self.channel.iter().enumerate() {
            let name = &channel.name;
            // A name is a part of the log's keys.
            if name.is_empty() || name.contains('/') {
                bail!("{file}：通道名 {name:?} 为空或含有 /");
            }
            if self.channel.iter().take(place).any(|other| other.name == *name) {
                bail!("{file}：通道名 {name:?} 重复");
            }
            channel.check().with_context(|| format!("{file}：通道 {name}"))?;
        }
        Ok(())
    }
}

impl Channel {
    fn check(&self) -> anyhow::Result<()> {
        if self.kind == Kind::Email {
            return self.check_mail();
        }
        if self.url_file.is_none() {
            bail!("须有 url_file：地址写在单独的文件里");
        }
        if self.takes.contains(&Takes::Questions) && self.kind != Kind::Webhook {
            bail!("群机器人不收文件：takes 里的 questions 只用于 email 和 webhook");
        }
        if self.kind == Kind::Webhook && self.secret_file.is_none() {
            bail!("须有 secret_file：通用接口的消息必须签名");
        }
        Ok(())
    }

    fn check_mail(&self) -> anyhow::Result<()> {
        if self.mail.is_none() {
            bail!("邮件须有 [mail]：从哪台服务器发出");
        }
        if self.to.is_empty() || self.to.len() > MOST_MAILBOXES {
            bail!("to 须有 1 到 {MOST_MAILBOXES} 个收件人");
        }
        for mailbox in &self.to {
            mailbox.parse::<Mailbox>().with_context(|| format!("{mailbox:?} 不是邮件地址"))?;
        }
        Ok(())
    }

    /// Whom a message over it is sent to, one by one: mailboxes; for all others there is one end without a name.
    pub fn ends(&self) -> Vec<&str> {
        if self.kind == Kind::Email { self.to.iter().map(String::as_str).collect() } else { vec![""] }
    }

    /// Whether its other end can tell that somebody has seen a message: a group's robot cannot.
    pub fn tells_seen(&self) -> bool {
        matches!(self.kind, Kind::Email | Kind::Webhook)
    }

    /// Its address.
    ///
    /// # Errors
    /// The file cannot be read; it is no address.
    pub fn url(&self) -> anyhow::Result<String> {
        let file = self.url_file.as_ref().with_context(|| format!("通道 {} 没有 url_file", self.name))?;
        let url = self.secret(file)?;
        if url.starts_with("https://") || url.starts_with("http://") {
            return Ok(url);
        }
        // The address itself is a secret.
        bail!("通道 {}：url_file 里不是 http(s) 地址", self.name)
    }

    /// What its messages are signed with.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn signing_secret(&self) -> anyhow::Result<Option<String>> {
        self.secret_file.as_ref().map(|file| self.secret(file)).transpose()
    }

    fn secret(&self, file: &Path) -> anyhow::Result<String> {
        let text = std::fs::read_to_string(file);
        let text = text.with_context(|| format!("通道 {}：读不到 {}", self.name, file.display()))?;
        Ok(text.trim().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &str = "[mail]\nhost = 'smtp.example.cn'\nfrom = '听见 <r@example.cn>'\n";

    fn read(text: &str) -> Result<Channels, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("channels.toml");
        std::fs::write(&file, text).unwrap();
        Channels::read(&file).map_err(|error| format!("{error:#}"))
    }

    #[test]
    fn what_is_wrong_is_said_at_the_start() {
        let channel = |rest: &str| format!("{MAIL}[[channel]]\nname = 'a'\n{rest}\n");
        for (text, words) in [
            (channel("kind = 'email'"), "收件人"),
            (channel("kind = 'email'\nto = ['nobody']"), "不是邮件地址"),
            ("[[channel]]\nname = 'a'\nkind = 'email'\nto = ['a@b.cn']".to_owned(), "[mail]"),
            (channel("kind = 'webhook'\nurl_file = 'u'"), "必须签名"),
            (channel("kind = 'wecom'"), "url_file"),
            (channel("kind = 'feishu'\nurl_file = 'u'\ntakes = ['questions']"), "不收文件"),
            (channel("kind = 'wecom'\nurl_file = 'u'\ntakes = ['gossip']"), "gossip"),
            (channel("kind = 'wecom'\nurl_file = 'u'").replace("'a'", "'a/b'"), "含有 /"),
            (channel("kind = 'wecom'\nurl_file = 'u'").repeat(2).replacen(MAIL, "", 1), "重复"),
            (format!("{MAIL}user = 'r'"), "password_file"),
            (format!("{MAIL}security = 'none'\nuser = 'r'\npassword_file = 'p'"), "明文"),
            (MAIL.replace("听见 <r@example.cn>", "听见"), "from"),
        ] {
            let error = read(&text).unwrap_err();
            assert!(error.contains(words), "{text}\n{error:?} does not say {words:?}");
        }
    }

    #[test]
    fn every_mailbox_is_an_end_of_its_own() {
        let text = format!("{MAIL}[[channel]]\nname = 'a'\nkind = 'email'\nto = ['王总 <w@b.cn>', 'c@b.cn']\n");
        let channels = read(&text).unwrap();
        assert_eq!(channels.named("a").unwrap().ends(), ["王总 <w@b.cn>", "c@b.cn"]);
    }
}
