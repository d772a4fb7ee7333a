package tingjian.peer;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.codelibs.opensearch.runner.OpenSearchRunner;
import org.opensearch.action.bulk.BulkRequest;
import org.opensearch.action.bulk.BulkResponse;
import org.opensearch.action.index.IndexRequest;
import org.opensearch.action.search.SearchResponse;
import org.opensearch.common.settings.Settings;
import org.opensearch.common.xcontent.json.JsonXContent;
import org.opensearch.core.xcontent.DeprecationHandler;
import org.opensearch.core.xcontent.NamedXContentRegistry;
import org.opensearch.index.query.QueryBuilders;
import org.opensearch.search.builder.SearchSourceBuilder;

/**
 * The peer: OpenSearch with a Chinese analyser, one node in this process, every bulk durable before it is acknowledged.
 *
 * <pre>
 *   file ANALYSER TEXTS.jsonl DOCS            bulks out of a file: speed, latencies, recall
 *   topic ANALYSER BROKERS TOPIC DOCS         bulks out of a topic, offsets committed after them: speed
 *   produce BROKERS TOPIC TEXTS.jsonl DOCS    fills that topic with complaints
 * </pre>
 * ANALYSER is {@code cjk} or {@code ik_max_word}.
 */
public final class Peer {
    private static final String INDEX = "reviews";
    private static final int BULK = 1_000;
    private static final int CLIENTS = 2;
    private static final int WARM_UP = 50_000;
    private static final int QUERIES = 200;
    /** Of the queries, those whose recall is counted against every text. */
    private static final int RECALLED = 60;
    private static final Pattern CHINESE = Pattern.compile("[\\u4e00-\\u9fff]{8,}");

    private final OpenSearchRunner node = new OpenSearchRunner();

    public static void main(String[] arguments) throws Exception {
        String what = arguments.length == 0 ? "" : arguments[0];
        if (what.equals("file") && arguments.length == 4) {
            new Peer().run(arguments[1], peer -> peer.outOfFile(texts(arguments[2], Integer.parseInt(arguments[3]))));
        } else if (what.equals("topic") && arguments.length == 5) {
            new Peer().run(arguments[1], peer -> peer.outOfTopic(arguments[2], arguments[3], Integer.parseInt(arguments[4])));
        } else if (what.equals("produce") && arguments.length == 5) {
            produce(arguments[1], arguments[2], texts(arguments[3], Integer.parseInt(arguments[4])), Integer.parseInt(arguments[4]));
        } else {
            System.err.println("file ANALYSER TEXTS DOCS | topic ANALYSER BROKERS TOPIC DOCS | produce BROKERS TOPIC TEXTS DOCS");
            System.exit(2);
        }
        System.exit(0);
    }

    private interface Work {
        void on(Peer peer) throws Exception;
    }

    private void run(String analyser, Work work) throws Exception {
        Path home = Files.createTempDirectory("tingjian-peer-");
        try {
            node.onBuild((number, settings) -> {
                settings.put("discovery.type", "single-node");
                settings.put("cluster.routing.allocation.disk.threshold_enabled", false);
            });
            node.build(OpenSearchRunner.newConfigs()
                    .basePath(home.toString())
                    .numOfNode(1)
                    .clusterName("tingjian-peer")
                    .pluginTypes(IkPlugin.class.getName())
                    .disableESLogger());
            node.ensureYellow();
            createIndex(analyser);
            System.out.println("OpenSearch 2.19.1, analyser " + analyser + ", heap " + (Runtime.getRuntime().maxMemory() >> 20) + " MB");
            work.on(this);
        } finally {
            node.close();
            node.clean();
        }
    }

    private void createIndex(String analyser) {
        Settings settings = Settings.builder()
                .put("index.number_of_shards", 1)
                .put("index.number_of_replicas", 0)
                .put("index.refresh_interval", "1s")
                .put("index.translog.durability", "request")
                .build();
        node.createIndex(INDEX, settings);
        node.createMapping(INDEX, "{\"properties\":{\"text\":{\"type\":\"text\",\"analyzer\":\"" + analyser + "\"}}}");
    }

    private void outOfFile(List<String> texts) throws Exception {
        int warm = Math.min(WARM_UP, texts.size());
        index(texts.subList(0, warm), "w");
        long begun = System.nanoTime();
        index(texts, "d");
        double seconds = (System.nanoTime() - begun) / 1e9;
        System.out.printf(Locale.ROOT, "bulk: %.0f docs/s (%d docs, %.1f s, %d clients, bulks of %d)%n",
                texts.size() / seconds, texts.size(), seconds, CLIENTS, BULK);
        node.refresh();
        // The warm-up's documents are the texts' first ones once more: they count in no recall.
        node.client().admin().indices().prepareForceMerge(INDEX).setFlush(true).get();
        for (int length : new int[] {2, 4, 8}) {
            search(texts, warm, length);
        }
    }

    private void index(List<String> texts, String prefix) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        List<Future<?>> bulks = new ArrayList<>();
        for (int from = 0; from < texts.size(); from += BULK) {
            int first = from;
            List<String> part = texts.subList(from, Math.min(from + BULK, texts.size()));
            bulks.add(clients.submit(() -> {
                BulkRequest bulk = new BulkRequest();
                for (int i = 0; i < part.size(); i++) {
                    bulk.add(new IndexRequest(INDEX).id(prefix + (first + i)).source(Map.of("text", part.get(i))));
                }
                send(bulk);
            }));
        }
        for (Future<?> bulk : bulks) {
            bulk.get();
        }
        clients.shutdown();
    }

    private void send(BulkRequest bulk) {
        BulkResponse answer = node.client().bulk(bulk).actionGet();
        if (answer.hasFailures()) {
            throw new IllegalStateException(answer.buildFailureMessage());
        }
    }

    /** Latency of the ten best of a phrase, and of all documents that hold a run of characters the share that is found. */
    private void search(List<String> texts, int warm, int length) {
        List<String> runs = runs(texts, length);
        long[] nanos = new long[runs.size()];
        long held = 0;
        long found = 0;
        for (int i = 0; i < runs.size(); i++) {
            String run = runs.get(i);
            long begun = System.nanoTime();
            SearchResponse answer = ask(run, 10, false);
            nanos[i] = System.nanoTime() - begun;
            if (i < RECALLED) {
                String sought = folded(run);
                long inTexts = texts.stream().filter(text -> folded(text).contains(sought)).count();
                long inWarm = texts.subList(0, warm).stream().filter(text -> folded(text).contains(sought)).count();
                held += inTexts + inWarm;
                found += Math.min(ask(run, 0, true).getHits().getTotalHits().value, inTexts + inWarm);
            }
        }
        Arrays.sort(nanos);
        System.out.printf(Locale.ROOT, "%d characters: p50 %.2f ms, p99 %.2f ms (in this process, n %d); recall %.3f%n", length,
                nanos[nanos.length / 2] / 1e6, nanos[(int) ((nanos.length - 1) * 0.99)] / 1e6, nanos.length,
                held == 0 ? 1.0 : (double) found / held);
    }

    private SearchResponse ask(String run, int size, boolean exact) {
        SearchSourceBuilder source = new SearchSourceBuilder().query(QueryBuilders.matchPhraseQuery("text", run)).size(size);
        source.trackTotalHits(exact);
        return node.client().prepareSearch(INDEX).setSource(source).get();
    }

    private static String folded(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    }

    /** Runs of Chinese characters out of texts spread evenly. */
    private static List<String> runs(List<String> texts, int length) {
        List<String> runs = new ArrayList<>();
        int step = Math.max(1, texts.size() / (QUERIES * 3));
        for (int i = 0; i < texts.size() && runs.size() < QUERIES; i += step) {
            var found = CHINESE.matcher(texts.get(i));
            if (found.find()) {
                String whole = found.group();
                int from = (whole.length() - length) / 3;
                runs.add(whole.substring(from, from + length));
            }
        }
        return runs;
    }

    /** What a connector does: polls, bulks, commits; two bulks under way at a time. */
    private void outOfTopic(String brokers, String topic, int docs) throws Exception {
        Properties settings = new Properties();
        settings.putAll(Map.of(
                "bootstrap.servers", brokers, "group.id", "peer-" + System.nanoTime(), "enable.auto.commit", "false",
                "auto.offset.reset", "earliest", "max.poll.records", Integer.toString(BULK), "fetch.min.bytes", "65536",
                "key.deserializer", ByteArrayDeserializer.class.getName(), "value.deserializer", ByteArrayDeserializer.class.getName()));
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings)) {
            consumer.subscribe(List.of(topic));
            int done = 0;
            long begun = 0;
            int counted = 0;
            List<CompletableFuture<Void>> underWay = new ArrayList<>();
            while (done < docs) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(200));
                if (records.isEmpty()) {
                    continue;
                }
                BulkRequest bulk = new BulkRequest();
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    Map<String, Object> event = json(record.value());
                    bulk.add(new IndexRequest(INDEX).id(event.get("event_id").toString()).source(Map.of("text", event.get("text"))));
                }
                underWay.add(CompletableFuture.runAsync(() -> send(bulk), clients));
                done += records.count();
                if (underWay.size() == CLIENTS) {
                    CompletableFuture.allOf(underWay.toArray(CompletableFuture[]::new)).get();
                    underWay.clear();
                    consumer.commitSync();
                }
                if (begun == 0 && done >= Math.min(WARM_UP, docs / 2)) {
                    begun = System.nanoTime();
                    counted = done;
                }
            }
            CompletableFuture.allOf(underWay.toArray(CompletableFuture[]::new)).get();
            consumer.commitSync();
            double seconds = (System.nanoTime() - begun) / 1e9;
            System.out.printf(Locale.ROOT, "topic: %.0f docs/s (%d docs after a warm-up of %d, %.1f s)%n", (done - counted) / seconds,
                    done - counted, counted, seconds);
        }
        clients.shutdown();
    }

    private static void produce(String brokers, String topic, List<String> texts, int docs) {
        Properties settings = new Properties();
        settings.putAll(Map.of("bootstrap.servers", brokers, "linger.ms", "20", "batch.size", "262144", "acks", "all",
                "key.serializer", ByteArraySerializer.class.getName(), "value.serializer", ByteArraySerializer.class.getName()));
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(settings)) {
            for (int i = 0; i < docs; i++) {
                String event = "{\"event_id\":\"p" + i + "\",\"occurred_at\":\"2026-11-" + String.format("%02d", 1 + i % 20)
                        + "T12:00:00+08:00\",\"text\":" + quoted(texts.get(i % texts.size())) + "}";
                producer.send(new ProducerRecord<>(topic, ("p" + i).getBytes(StandardCharsets.UTF_8), event.getBytes(StandardCharsets.UTF_8)));
            }
            producer.flush();
        }
        System.out.println(docs + " complaints produced");
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                out.append('\\').append((char) c);
            } else if (c < 0x20) {
                out.append(String.format("\\u%04x", c));
            } else {
                out.append((char) c);
            }
        });
        return out.append('"').toString();
    }

    private static Map<String, Object> json(byte[] bytes) throws Exception {
        try (var parser = JsonXContent.jsonXContent.createParser(NamedXContentRegistry.EMPTY, DeprecationHandler.IGNORE_DEPRECATIONS, bytes)) {
            return parser.map();
        }
    }

    /** The {@code text} of a file's lines, over and over where there are too few. */
    private static List<String> texts(String file, int wanted) throws Exception {
        List<String> texts = new ArrayList<>();
        try (BufferedReader lines = Files.newBufferedReader(Path.of(file))) {
            for (String line = lines.readLine(); line != null && texts.size() < wanted; line = lines.readLine()) {
                texts.add(json(line.getBytes(StandardCharsets.UTF_8)).get("text").toString());
            }
        }
        if (texts.isEmpty()) {
            throw new IllegalArgumentException("no texts in " + file);
        }
        return texts;
    }
}
