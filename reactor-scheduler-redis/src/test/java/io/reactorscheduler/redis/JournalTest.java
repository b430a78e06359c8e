package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Handler;
import io.reactorscheduler.JournalEntry;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.SchedulerEvent.Kind;
import io.reactorscheduler.embedded.EmbeddedRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class JournalTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Handler<String, String> ECHO = Handler.named("echo", String.class, String.class);

    private static EmbeddedRedis server;

    @BeforeAll
    static void start() {
        server = EmbeddedRedis.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static RedisTaskStore store(String uri, String namespace, int partitions) {
        return RedisTaskStore.builder()
                .uri(uri)
                .namespace(namespace)
                .partitions(partitions)
                .commandTimeout(RedisTest.BUSY_MACHINE)
                .build();
    }

    private static ReactiveScheduler scheduler(RedisTaskStore store, String node) {
        return ReactiveScheduler.builder()
                .store(store)
                .node(node)
                .handle(
                        ECHO,
                        (text, run) -> text.startsWith("fail")
                                ? Mono.error(new IllegalStateException("no \u00e9\ud83d\ude00"))
                                : Mono.just(text))
                .start();
    }

    @Test
    void anyNodeReadsWhatHappenedOnAllNodesAndGoesOnFromACursor() {
        readAndGoOn(server.uri(), 1);
    }

    @Test
    void allPartitionsAreReadAsOneJournal() {
        readAndGoOn(server.uri(), 4);
    }

    static void readAndGoOn(String uri, int partitions) {
        String namespace = UUID.randomUUID().toString();
        RedisTaskStore reading = store(uri, namespace, partitions);
        ReactiveScheduler one = scheduler(store(uri, namespace, partitions), "one");
        try {
            List<String> ids = new ArrayList<>();
            Flux.range(0, 20)
                    .concatMap(i ->
                            one.schedule(ECHO.task((i == 7 ? "fail" : "ok") + i).id("t\u00e9" + i)))
                    .blockLast(PATIENCE);
            List<JournalEntry> all = reading.journal("")
                    .bufferUntil(entry -> {
                        if (entry.kind() == Kind.COMPLETED || entry.kind() == Kind.FAILED) {
                            ids.add(entry.taskId());
                        }
                        return ids.size() == 20;
                    })
                    .blockFirst(PATIENCE);

            assertThat(all).hasSize(60);
            assertThat(all)
                    .filteredOn(entry -> entry.kind() == Kind.STARTED)
                    .hasSize(20)
                    .allMatch(entry -> entry.node().equals("one"));
            assertThat(all)
                    .filteredOn(entry -> entry.kind() == Kind.FAILED)
                    .singleElement()
                    .satisfies(entry -> {
                        assertThat(entry.taskId()).isEqualTo("t\u00e97");
                        assertThat(entry.executionId()).isEqualTo("t\u00e97#1");
                        assertThat(entry.message()).contains("no \u00e9\ud83d\ude00");
                    });
            for (int from : List.of(0, 13, 58)) {
                StepVerifier.create(reading.journal(all.get(from).cursor()).take(59 - from))
                        .recordWith(ArrayList::new)
                        .expectNextCount(59 - from)
                        .consumeRecordedWith(rest -> assertThat(rest)
                                .extracting(entry -> entry.kind() + " " + entry.taskId())
                                .containsExactlyInAnyOrderElementsOf(all.subList(from + 1, 60).stream()
                                        .map(entry -> entry.kind() + " " + entry.taskId())
                                        .toList()))
                        .expectComplete()
                        .verify(PATIENCE);
            }
        } finally {
            one.dispose();
            reading.dispose();
        }
    }

    @Test
    void whoBeginsNowSeesWhatHappensFromNowOn() {
        String namespace = UUID.randomUUID().toString();
        RedisTaskStore reading = store(server.uri(), namespace, 1);
        ReactiveScheduler one = scheduler(store(server.uri(), namespace, 1), "one");
        AtomicReference<Disposable> news = new AtomicReference<>(Disposables.disposed());
        try {
            one.schedule(ECHO.task("before").id("before")).block(PATIENCE);
            StepVerifier.create(reading.journal(null)
                            .filter(entry -> entry.kind() == Kind.COMPLETED
                                    && !entry.taskId().equals("before"))
                            .take(1))
                    // whoever listens does not say when it has begun, so there is something new again and again
                    .then(() -> news.set(Flux.interval(Duration.ofMillis(100))
                            .onBackpressureDrop()
                            .concatMap(tick -> one.schedule(ECHO.task("after").id("after" + tick)))
                            .subscribe()))
                    .expectNextMatches(entry -> entry.taskId().startsWith("after"))
                    .expectComplete()
                    .verify(PATIENCE);
        } finally {
            news.get().dispose();
            one.dispose();
            reading.dispose();
        }
    }
}
