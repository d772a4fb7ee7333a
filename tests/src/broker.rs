//! A real Apache Kafka broker (KRaft, one node) as a child process on a folder of its own.

use std::{
    collections::BTreeMap,
    env,
    ffi::OsStr,
    fs::{self, File},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use rdkafka::{
    ClientConfig, Message as _, Offset, TopicPartitionList,
    admin::{AdminClient, AdminOptions, NewTopic, TopicReplication},
    client::DefaultClientContext,
    consumer::{BaseConsumer, Consumer},
    message::Headers,
    producer::{BaseProducer, BaseRecord, Producer},
};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::runtime;

use crate::{Proxy, certificates::certificates, sandbox::wait_until};

/// The version that `scripts/fetch-kafka.sh` brings.
const VERSION: &str = "4.1.1";
const CLUSTER_ID: &str = "dGluZ2ppYW4tdGVzdHMtMQ";
/// Longest wait for one answer of the broker.
const ANSWER: Duration = Duration::from_secs(5);
/// Longest wait for everything produced to be acknowledged.
const FLUSH: Duration = Duration::from_secs(60);

/// Who may sign in, by PLAIN or SCRAM-SHA-512.
pub const SASL_USER: &str = "tingjian";
/// With what.
pub const SASL_PASSWORD: &str = "a-password-of-the-tests";

/// The topics of the contract.
pub const TOPICS: [&str; 12] = [
    "tingjian.complaints",
    "tingjian.commendations",
    "tingjian.call-notes",
    "tingjian.promises",
    "tingjian.deliveries",
    "tingjian.case-events",
    "tingjian.department-requests",
    "tingjian.department-replies",
    "tingjian.judgements",
    "tingjian.appeals",
    "tingjian.corrections",
    "tingjian.dead-letters",
];

/// A message, to be produced or as it was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Message {
    /// Where to; `None`: by key.
    pub partition: Option<i32>,
    /// What it is ordered by.
    pub key: Option<Vec<u8>>,
    /// Its bytes; `None`: a tombstone.
    pub payload: Option<Vec<u8>>,
    /// Milliseconds since 1970; `None`: now.
    pub timestamp: Option<i64>,
    /// As read.
    pub headers: BTreeMap<String, String>,
}

/// A broker. Killed when dropped.
pub struct Broker {
    folder: TempDir,
    port: u16,
    controller: u16,
    sasl: u16,
    network: Proxy,
    child: Option<Child>,
}

impl Broker {
    /// A ready broker on a new folder and free ports, with the contract's topics of `partitions` each.
    pub fn start(partitions: i32) -> Self {
        let mut broker = Self::empty();
        broker.restart();
        broker.create_topics(&TOPICS, partitions);
        broker
    }

    /// The same, with [`Broker::guarded_address`] in place of the addresses over a password and over a network.
    pub fn start_guarded(partitions: i32) -> Self {
        let mut broker = Self::empty();
        certificates(broker.folder.path());
        let read = |name: &str| fs::read_to_string(broker.folder.path().join(name)).expect("a certificate");
        fs::write(broker.folder.path().join("broker.pem"), read("key.pem") + &read("cert.pem")).expect("a file");
        let settings = broker.folder.path().join("server.properties");
        let before = fs::read_to_string(&settings).expect("server.properties");
        let text = include_str!("guarded.properties")
            .replace("{port}", &broker.port.to_string())
            .replace("{controller}", &broker.controller.to_string())
            .replace("{guarded}", &broker.sasl.to_string())
            .replace("{folder}", &broker.folder.path().display().to_string());
        // Of two lines for one setting the last one counts.
        fs::write(&settings, before + &text).expect("server.properties");
        broker.restart();
        broker.create_topics(&TOPICS, partitions);
        broker
    }

    /// A folder and ports for a broker that is not yet running.
    pub fn empty() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let ports = [0; 4].map(|_| TcpListener::bind("127.0.0.1:0").expect("a free port"));
        let [port, controller, sasl, far] = ports.map(|free| free.local_addr().expect("an address").port());
        // The broker tells clients where to find it, so they go through the proxy for good.
        let network = Proxy::before(far);
        let (logs, settings) = (folder.path().join("logs"), folder.path().join("server.properties"));
        let text = include_str!("broker.properties")
            .replace("{port}", &port.to_string())
            .replace("{controller}", &controller.to_string())
            .replace("{sasl}", &sasl.to_string())
            .replace("{far}", &far.to_string())
            .replace("{proxy}", &network.port().to_string())
            .replace("{password}", SASL_PASSWORD)
            .replace("{logs}", &logs.display().to_string());
        fs::write(&settings, text).expect("server.properties");
        let mut format = java("kafka.tools.StorageTool", folder.path());
        format.args(["format", "-t", CLUSTER_ID, "-c"]).arg(&settings);
        format.args(["--add-scram", &format!("SCRAM-SHA-512=[name={SASL_USER},password={SASL_PASSWORD}]")]);
        let output = format.output().expect("java starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        Self { folder, port, controller, sasl, network, child: None }
    }

    /// `host:port`.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// `host:port` where [`SASL_USER`] has to sign in with [`SASL_PASSWORD`].
    pub fn sasl_address(&self) -> String {
        format!("127.0.0.1:{}", self.sasl)
    }

    /// `host:port` of a [`Broker::start_guarded`], which speaks TLS only with whoever shows a certificate and a bearer's token.
    pub fn guarded_address(&self) -> String {
        format!("localhost:{}", self.sasl)
    }

    /// A PEM file of a [`Broker::start_guarded`]: `ca.pem`, and `cert.pem` with `key.pem` that its authority vouches for.
    pub fn certificate(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// `host:port` over [`Broker::network`].
    pub fn far_address(&self) -> String {
        format!("127.0.0.1:{}", self.network.port())
    }

    /// What lies between the broker and those that were told [`Broker::far_address`].
    pub fn network(&self) -> &Proxy {
        &self.network
    }

    /// Starts it on the same folder and waits until it answers.
    pub fn restart(&mut self) {
        assert!(self.child.is_none(), "the broker runs already");
        let log = File::options().create(true).append(true).open(self.folder.path().join("broker.log")).expect("a log");
        let mut command = java("kafka.Kafka", self.folder.path());
        command.arg(self.folder.path().join("server.properties"));
        command.stdin(Stdio::null()).stdout(log.try_clone().expect("a log")).stderr(log);
        self.child = Some(command.spawn().expect("java starts"));
        let client = self.consumer();
        wait_until("the broker to answer", || client.fetch_metadata(None, ANSWER).ok());
    }

    /// Its process.
    pub fn process(&self) -> u32 {
        self.child.as_ref().expect("a running broker").id()
    }

    /// kill -9.
    pub fn kill(&mut self) {
        let mut child = self.child.take().expect("a running broker");
        child.kill().expect("kill");
        child.wait().expect("wait");
    }

    /// SIGSTOP: connections stay open and nothing answers.
    pub fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    /// SIGCONT.
    pub fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        let child = self.child.as_ref().expect("a running broker");
        kill_process(Pid::from_child(child), signal).expect("a signal");
    }

    /// Creates topics.
    pub fn create_topics(&self, topics: &[&str], partitions: i32) {
        let client: AdminClient<DefaultClientContext> = self.config().create().expect("a client");
        let topics: Vec<_> = topics
            .iter()
            .map(|name| NewTopic::new(name, partitions, TopicReplication::Fixed(1)).set("max.message.bytes", "3000000"))
            .collect();
        let runtime = runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let options = AdminOptions::new().operation_timeout(Some(FLUSH));
        let created = runtime.block_on(client.create_topics(&topics, &options)).expect("topics");
        for topic in created {
            topic.expect("a topic");
        }
    }

    /// Produces messages and waits until all are acknowledged.
    pub fn produce(&self, topic: &str, messages: &[Message]) {
        let mut config = self.config();
        config.set("acks", "all").set("linger.ms", "5").set("message.max.bytes", "3000000");
        let producer: BaseProducer = config.create().expect("a producer");
        let before: i64 = self.ends(topic).values().sum();
        for message in messages {
            let mut record = BaseRecord::<[u8], [u8]>::to(topic);
            record.partition = message.partition;
            record.key = message.key.as_deref();
            record.payload = message.payload.as_deref();
            record.timestamp = message.timestamp;
            let mut sending = producer.send(record);
            while let Err((_, again)) = sending {
                producer.poll(Duration::from_millis(10));
                sending = producer.send(again);
            }
        }
        producer.flush(FLUSH).expect("acknowledged");
        // Others may produce, too; what the broker refused is missing.
        let produced = self.ends(topic).values().sum::<i64>() - before;
        assert!(produced >= messages.len() as i64, "{produced} of {} were taken", messages.len());
    }

    /// Everything that a topic holds.
    pub fn read(&self, topic: &str) -> Vec<Message> {
        let consumer = self.consumer();
        let ends = self.ends(topic);
        let mut list = TopicPartitionList::new();
        for partition in ends.keys() {
            list.add_partition_offset(topic, *partition, Offset::Beginning).expect("a partition");
        }
        consumer.assign(&list).expect("assigned");
        let wanted: i64 = ends.values().sum();
        let mut messages = Vec::new();
        wait_until("all messages of a topic", || {
            while let Some(message) = consumer.poll(Duration::from_millis(50)) {
                let message = message.expect("a message");
                let headers = message.headers().into_iter().flat_map(|headers| headers.iter());
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                messages.push(Message {
                    partition: Some(message.partition()),
                    key: message.key().map(<[u8]>::to_vec),
                    payload: message.payload().map(<[u8]>::to_vec),
                    timestamp: message.timestamp().to_millis(),
                    headers: headers.map(|h| (h.key.to_owned(), text(h.value.unwrap_or_default()))).collect(),
                });
            }
            (messages.len() as i64 >= wanted).then_some(())
        });
        messages
    }

    /// Per partition of a topic the offset of its next record.
    pub fn ends(&self, topic: &str) -> BTreeMap<i32, i64> {
        let consumer = self.consumer();
        let metadata = wait_until("metadata", || consumer.fetch_metadata(Some(topic), ANSWER).ok());
        let partitions = metadata.topics().iter().flat_map(|topic| topic.partitions());
        // A partition that was just made has no leader for a moment.
        let watermarks = |partition| consumer.fetch_watermarks(topic, partition, ANSWER).ok();
        let end = |partition| wait_until("watermarks", || watermarks(partition)).1;
        partitions.map(|partition| (partition.id(), end(partition.id()))).collect()
    }

    /// Per partition of a topic what a group has committed.
    pub fn committed(&self, group: &str, topic: &str) -> BTreeMap<i32, i64> {
        let mut config = self.config();
        let consumer: BaseConsumer = config.set("group.id", group).create().expect("a client");
        let mut list = TopicPartitionList::new();
        for partition in self.ends(topic).into_keys() {
            list.add_partition(topic, partition);
        }
        let committed = consumer.committed_offsets(list, ANSWER).expect("committed offsets");
        let offset = |offset| if let Offset::Offset(offset) = offset { offset } else { 0 };
        committed.elements().iter().map(|element| (element.partition(), offset(element.offset()))).collect()
    }

    /// How many members a group has.
    pub fn members(&self, group: &str) -> usize {
        let groups = self.consumer().fetch_group_list(Some(group), ANSWER).expect("the group");
        groups.groups().iter().map(|group| group.members().len()).sum()
    }

    fn consumer(&self) -> BaseConsumer {
        let mut config = self.config();
        // A group that is never joined: only `assign` and questions are used.
        config.set("group.id", "nobody").set("enable.auto.commit", "false").set("fetch.message.max.bytes", "4000000");
        config.create().expect("a client")
    }

    fn config(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", self.address()).set("reconnect.backoff.max.ms", "200");
        config
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        if self.child.is_some() {
            self.kill();
        }
    }
}

fn java(class: &str, folder: &Path) -> Command {
    let jars = jars();
    assert!(jars.is_dir(), "{} is missing: run scripts/fetch-kafka.sh (`make test` does)", jars.display());
    let mut command = Command::new("java");
    command.args(["-Xmx384m", "-Xms128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp"]);
    command.arg(jars.join("*")).arg("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn").arg(class).current_dir(folder);
    command
}

/// Where the script leaves the jars.
fn jars() -> PathBuf {
    let set = |name: &str| env::var_os(name).filter(|value| value != OsStr::new("")).map(PathBuf::from);
    let home = || set("HOME").expect("HOME").join(".cache");
    let cache = set("TINGJIAN_CACHE").unwrap_or_else(|| set("XDG_CACHE_HOME").unwrap_or_else(home).join("tingjian"));
    cache.join(format!("kafka-{VERSION}"))
}
