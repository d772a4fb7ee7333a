//! The server through which mail leaves, and what its answers mean.

use std::{
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, bail};
use lettre::{
    SmtpTransport, Transport,
    message::Mailbox,
    transport::smtp::{
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
        extension::ClientId,
    },
};
use serde::Deserialize;

use super::{Message, letter::letter, outcome::Outcome};

/// Longest wait for one answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(20);
/// Characters of an answer that are kept.
const DETAIL: usize = 200;
/// By which servers say that they do not know who we are: wanted, too weak, wrong, needs encryption.
const LOGIN_REFUSED: [u16; 4] = [530, 534, 535, 538];

/// How a connection is kept from others' eyes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// From the first byte (port 465).
    #[default]
    Tls,
    /// After the greeting; without it nothing is sent (port 587).
    Starttls,
    /// Not at all: a relay on the own machine; never with a password (port 25).
    None,
}

/// `[mail]` of the channels file.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailServer {
    /// Name or address.
    host: String,
    /// Unset: by `security`.
    port: Option<u16>,
    /// How the connection is kept from others' eyes.
    #[serde(default)]
    security: Security,
    /// `听见 <report@example.cn>`.
    from: String,
    /// Who signs in; unset: nobody does.
    user: Option<String>,
    /// File with the password.
    password_file: Option<PathBuf>,
    /// File with the certificate (PEM) of the organisation's own authority, beside the public ones.
    ca_file: Option<PathBuf>,
}

impl fmt::Debug for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailServer").field("host", &self.host).finish_non_exhaustive()
    }
}

impl MailServer {
    /// Files are beside the one that names them.
    pub fn beside(&mut self, folder: &Path) {
        self.password_file = self.password_file.as_ref().map(|file| folder.join(file));
        self.ca_file = self.ca_file.as_ref().map(|file| folder.join(file));
    }

    /// Whether it can be used.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> anyhow::Result<()> {
        self.from.parse::<Mailbox>().with_context(|| format!("from：{:?} 不是邮件地址", self.from))?;
        if self.user.is_some() != self.password_file.is_some() {
            bail!("user 与 password_file 须一同设定");
        }
        if self.security == Security::None && self.user.is_some() {
            bail!("security = \"none\" 时密码会明文传送：请用 tls 或 starttls");
        }
        Ok(())
    }

    /// Sends one letter to one mailbox, once. `id` names the letter: tried again it carries the same, so that no mailbox shows it
    /// twice.
    pub fn send(&self, to: &str, id: &str, message: &Message) -> Outcome {
        // Files are read at every try: a secret may be put right meanwhile.
        let (transport, from) = match (self.transport(), self.from.parse::<Mailbox>()) {
            (Ok(transport), Ok(from)) => (transport, from),
            (Err(error), _) => return Outcome::Later(format!("{error:#}")),
            (_, Err(error)) => return Outcome::Refused(error.to_string()),
        };
        let letter = match letter(&from, to, id, message) {
            Ok(letter) => letter,
            Err(error) => return Outcome::Refused(format!("邮件写不成：{error}")),
        };
        transport.send(&letter).map_or_else(|error| outcome(&error), |_| Outcome::Sent)
    }

    fn transport(&self) -> anyhow::Result<SmtpTransport> {
        let (tls, port) = match self.security {
            Security::Tls => (Tls::Wrapper(self.tls()?), 465),
            Security::Starttls => (Tls::Required(self.tls()?), 587),
            Security::None => (Tls::None, 25),
        };
        let mut builder = SmtpTransport::builder_dangerous(&self.host)
            .port(self.port.unwrap_or(port))
            .tls(tls)
            .timeout(Some(ANSWER_TIMEOUT));
        if let Ok(from) = self.from.parse::<Mailbox>() {
            builder = builder.hello_name(ClientId::Domain(from.email.domain().to_owned()));
        }
        if let (Some(user), Some(file)) = (&self.user, &self.password_file) {
            let password = std::fs::read_to_string(file);
            let password = password.with_context(|| format!("读不到 {}", file.display()))?;
            builder = builder.credentials(Credentials::new(user.clone(), password.trim_end().to_owned()));
        }
        Ok(builder.build())
    }

    fn tls(&self) -> anyhow::Result<TlsParameters> {
        let mut parameters = TlsParameters::builder(self.host.clone());
        if let Some(file) = &self.ca_file {
            let pem = std::fs::read(file).with_context(|| format!("读不到 {}", file.display()))?;
            let certificate = Certificate::from_pem(&pem).with_context(|| format!("{} 不是证书", file.display()))?;
            parameters = parameters.add_root_certificate(certificate);
        }
        Ok(parameters.build_rustls()?)
    }
}

/// What a failed try means. A server's answer 4xx is for now, 5xx for good; no answer is for now.
fn outcome(error: &lettre::transport::smtp::Error) -> Outcome {
    let said = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    let said: String = said.chars().filter(|c| !c.is_control()).take(DETAIL).collect();
    match error.status().map(u16::from) {
        Some(code) if LOGIN_REFUSED.contains(&code) => {
            Outcome::Refused(format!("登录失败：邮件服务器不接受用户名或密码（{code}）"))
        }
        Some(code) if error.is_transient() => Outcome::Later(format!("邮件服务器暂不接受：{code} {said}")),
        Some(code) => Outcome::Refused(format!("邮件服务器拒收：{code} {said}")),
        None if error.is_client() => Outcome::Refused(format!("邮件服务器不会所要求的 STARTTLS 或登录方式：{said}")),
        None if error.is_tls() => Outcome::Later(format!("与邮件服务器的加密连接失败：{said}")),
        None => Outcome::Later(format!("连不上邮件服务器，或没有回答：{said}")),
    }
}
