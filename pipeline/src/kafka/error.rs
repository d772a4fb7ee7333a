//! What can go wrong with Kafka, and whether waiting may help.

use rdkafka::error::{KafkaError as Report, RDKafkaErrorCode as Code};

/// A failure of Kafka or of what it was configured with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KafkaError {
    /// A property that this program sets itself.
    #[error("配置项 source.kafka.properties 里的 {key} 由本程序自行设置，请删去 ({key} is set by the program)")]
    Owned {
        /// The property.
        key: String,
    },
    /// No broker was named.
    #[error("配置项 source.kafka.brokers 是空的：请填 host:port，多个用逗号隔开 (no brokers)")]
    NoBrokers,
    /// librdkafka refuses the configuration.
    #[error("Kafka 客户端配置有误：{detail} (bad client configuration)")]
    Configuration {
        /// Its report: names of properties, never a secret's value.
        detail: String,
    },
    /// No answer in time: brokers are away, or the way to them is.
    #[error("Kafka 暂时不可用：{detail} (brokers away)")]
    Away {
        /// What was tried.
        detail: String,
    },
    /// The topic does not exist.
    #[error("Kafka 主题 {topic} 不存在：请运行 tingjian-server topics create (no such topic)")]
    NoTopic {
        /// Its name.
        topic: String,
    },
    /// The broker takes no message of this size.
    #[error("事件超过 Kafka 主题 {topic} 允许的大小：请调大 max.message.bytes，或拆小事件 (message too large)")]
    TooLarge {
        /// The topic.
        topic: String,
    },
    /// Brokers answer, and refuse.
    #[error("Kafka 拒绝了请求：{detail} (refused)")]
    Refused {
        /// Their report.
        detail: String,
    },
    /// The log is shorter than what the sinks have taken from it.
    #[error(
        "Kafka 主题 {partition} 只到位移 {end}，而存储已处理到 {held}：主题像是被删除重建过。\
         请恢复原主题，或停止服务后运行 tingjian-server positions --forget {topic} (topic was replaced)"
    )]
    Replaced {
        /// Topic and partition.
        partition: String,
        /// The topic.
        topic: String,
        /// Where the log ends.
        end: u64,
        /// What the sinks hold.
        held: u64,
    },
    /// The client is of no use any more (another member took its identity, for instance).
    #[error("Kafka 客户端已失效：{detail} (client is fenced or failed)")]
    Fatal {
        /// librdkafka's report.
        detail: String,
    },
}

impl KafkaError {
    /// Whether the same call may succeed later without anybody changing the installation.
    pub fn is_recoverable(&self) -> bool {
        matches!(self, Self::Away { .. } | Self::NoTopic { .. } | Self::Refused { .. })
    }

    /// The same, with what the client said of brokers that cannot be reached.
    pub(super) fn because(self, reason: Option<String>) -> Self {
        match (self, reason) {
            (Self::Away { detail }, Some(reason)) => Self::Away { detail: format!("{detail}；{reason}") },
            (other, _) => other,
        }
    }

    /// Sorts a report by what it means for a message to `topic`.
    pub(super) fn of_message(topic: &str, report: &Report) -> Self {
        let detail = report.to_string();
        match report.rdkafka_error_code() {
            Some(Code::UnknownTopicOrPartition | Code::UnknownTopic | Code::UnknownPartition) => {
                Self::NoTopic { topic: topic.to_owned() }
            }
            Some(Code::MessageSizeTooLarge) => Self::TooLarge { topic: topic.to_owned() },
            Some(Code::Fatal | Code::Fenced) => Self::Fatal { detail },
            Some(code) if is_refusal(code) => Self::Refused { detail },
            _ => Self::Away { detail },
        }
    }

    /// Sorts a report about a question or the membership.
    pub(super) fn of_question(what: &str, report: &Report) -> Self {
        let detail = format!("{what}：{report}");
        match (report, report.rdkafka_error_code()) {
            (Report::MessageConsumptionFatal(_), _) | (_, Some(Code::Fatal | Code::Fenced)) => Self::Fatal { detail },
            (_, Some(code)) if is_refusal(code) => Self::Refused { detail },
            _ => Self::Away { detail },
        }
    }
}

fn is_refusal(code: Code) -> bool {
    matches!(
        code,
        Code::TopicAuthorizationFailed
            | Code::GroupAuthorizationFailed
            | Code::ClusterAuthorizationFailed
            | Code::SaslAuthenticationFailed
            | Code::PolicyViolation
            | Code::InvalidRecord
    )
}
