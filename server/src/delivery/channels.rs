//! Where messages go, as the organisation lists it in a file of its own. What is secret stands in further files, and is read when
//! it is needed and never shown.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use serde::Deserialize;

/// Channels of one file at most.
const MOST: usize = 50;

/// All channels.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channels {
    /// In the order of the file.
    #[serde(default)]
    pub channel: Vec<Channel>,
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
}

/// One channel.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// Its name in the log; unique.
    pub name: String,
    /// What stands at its other end.
    pub kind: Kind,
    /// File with the address, which carries the robot's key.
    pub url_file: PathBuf,
    /// File with the secret that messages are signed with; a webhook must have one.
    pub secret_file: Option<PathBuf>,
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
    /// Unreadable; unknown keys; two of one name; a webhook without a secret.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        let text =
            std::fs::read_to_string(path).with_context(|| format!("配置项 reports.channels_file：读不到 {shown}"))?;
        let mut channels: Self = toml::from_str(&text).with_context(|| format!("{shown} 不是有效的通道文件"))?;
        let folder = path.parent().unwrap_or(Path::new("."));
        for channel in &mut channels.channel {
            channel.url_file = folder.join(&channel.url_file);
            channel.secret_file = channel.secret_file.as_ref().map(|file| folder.join(file));
        }
        channels.check(&shown.to_string())?;
        Ok(channels)
    }

    fn check(&self, file: &str) -> anyhow::Result<()> {
        if self.channel.len() > MOST {
            bail!("{file}：通道至多 {MOST} 个");
        }
        for (place, channel) in self.channel.iter().enumerate() {
            let name = &channel.name;
            if name.is_empty() || self.channel.iter().take(place).any(|other| other.name == *name) {
                bail!("{file}：通道名 {name:?} 为空或重复");
            }
            if channel.kind == Kind::Webhook && channel.secret_file.is_none() {
                bail!("{file}：通道 {name} 须有 secret_file：通用接口的消息必须签名");
            }
        }
        Ok(())
    }
}

impl Channel {
    /// Its address.
    ///
    /// # Errors
    /// The file cannot be read; it is no address.
    pub fn url(&self) -> anyhow::Result<String> {
        let url = self.secret(&self.url_file)?;
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
