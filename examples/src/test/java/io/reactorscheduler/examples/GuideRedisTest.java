package io.reactorscheduler.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reactorscheduler.Handler;
import io.reactorscheduler.JournalEntry;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.ScheduledTask;
import io.reactorscheduler.SchedulerEvent;
import io.reactorscheduler.embedded.EmbeddedRedis;
import io.reactorscheduler.redis.Leadership;
import io.reactorscheduler.redis.RedisLock;
import io.reactorscheduler.redis.RedisTaskStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The programs of docs/redis.md, and that of README.md on Redis, run. */
class GuideRedisTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    record Report(long fence) {}

    /** Counts what it sends. */
    private static final class Invoices {
        private final AtomicInteger sent = new AtomicInteger();

        Mono<Integer> send() {
            return Mono.fromSupplier(sent::incrementAndGet);
        }
    }

    /** Keeps the highest fence and refuses lower ones. */
    private static final class Ledger {
        private long highest;

        synchronized Mono<String> append(String entry, long fence) {
            if (fence < highest) {
                return Mono.error(new IllegalStateException("stale fence " + fence));
            }
            highest = fence;
            return Mono.just(entry);
        }
    }

    private static EmbeddedRedis redis;
    private static String uri;

    @BeforeAll
    static void start() {
        redis = EmbeddedRedis.start();
        uri = redis.uri();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    record Email(String to) {}

    record Receipt(String of) {}

    /** Sends at once. */
    private static final class Mailer {
        Mono<Receipt> send(Email email) {
            return Mono.just(new Receipt(email.to()));
        }
    }

    @Test
    void aProducerHearsOfTheWorkOfOtherNodes() {
        Handler<Email, Receipt> SEND = Handler.named("send-email", Email.class, Receipt.class);
        Mailer mailer = new Mailer();
        // tag::readme-durable
        ReactiveScheduler worker = ReactiveScheduler.builder()
                .store(RedisTaskStore.connect(uri)) // redis://localhost
                .handle(SEND, (email, run) -> mailer.send(email))
                .start(); // as many of these as you like

        ReactiveScheduler producer =
                ReactiveScheduler.builder().store(RedisTaskStore.connect(uri)).start();
        Flux<Receipt> receipts =
                producer.schedule(SEND.task(new Email("ada@example.org"))).flatMapMany(ScheduledTask::results);
        Flux<JournalEntry> all =
                producer.journal(""); // what happened on all nodes and then happens, from any cursor on
        // end::readme-durable
        assertThat(receipts.collectList().block(PATIENCE)).containsExactly(new Receipt("ada@example.org"));
        assertThat(all.filter(entry -> entry.kind() == SchedulerEvent.Kind.COMPLETED)
                        .blockFirst(PATIENCE)
                        .node())
                .isEqualTo(worker.node());
        Mono.when(worker.disposeLater(), producer.disposeLater()).block(PATIENCE);
    }

    @Test
    void workRunsUnderALock() {
        Invoices invoices = new Invoices();
        // tag::redis-lock
        RedisLock locks = RedisLock.connect(uri); // redis://localhost
        Mono<Integer> sent = locks.withLock("invoices", Duration.ofSeconds(30), invoices.send());
        // end::redis-lock
        assertThat(sent.block(PATIENCE)).isEqualTo(1);
        assertThat(sent.block(PATIENCE)).isEqualTo(2);
        locks.close().block(PATIENCE);
    }

    @Test
    void aLedgerRefusesOldFences() {
        RedisLock locks = RedisLock.connect(uri);
        Ledger ledger = new Ledger();
        // tag::redis-fence
        // the fence grows from owner to owner; who is written to keeps the highest and refuses lower ones
        Flux<String> written =
                locks.withLease("ledger", Duration.ofSeconds(30), held -> ledger.append("entry", held.fence()));
        // end::redis-fence
        assertThat(written.blockLast(PATIENCE)).isEqualTo("entry");
        assertThat(written.blockLast(PATIENCE)).isEqualTo("entry");
        assertThatThrownBy(() -> ledger.append("entry", 1).block()).hasMessage("stale fence 1");
        locks.close().block(PATIENCE);
    }

    @Test
    void aCleanupRunsOnlyIfNobodyElseDoesIt() {
        RedisLock locks = RedisLock.connect(uri);
        // tag::redis-try
        // only if it is free; nobody renews it, so the lease has to be long enough
        Mono<Boolean> ran = locks.tryAcquire("cleanup", Duration.ofMinutes(1))
                .flatMap(held -> cleanup().then(held.release()))
                .defaultIfEmpty(false);
        // end::redis-try
        assertThat(ran.block(PATIENCE)).isTrue();
        assertThat(locks.withLock("cleanup", Duration.ofMinutes(1), ran).block(PATIENCE))
                .isFalse();
        locks.close().block(PATIENCE);
    }

    @Test
    void aNodeLeadsAndReports() {
        RedisLock locks = RedisLock.connect(uri);
        List<Integer> shown = Collections.synchronizedList(new ArrayList<>());
        Gauge gauge = shown::add;
        // tag::redis-leadership
        Leadership chair = Leadership.of(locks, "reports", Duration.ofSeconds(10));
        Disposable candidate = chair.terms().subscribe(leads -> gauge.set(leads ? 1 : 0)); // false, true, false, ...
        Flux<Report> reports = chair.whileLeading(fence -> reporting(fence));
        // end::redis-leadership
        Mono.fromSupplier(shown::size)
                .filter(heard -> heard == 2)
                .repeatWhenEmpty(asked -> asked.delayElements(Duration.ofMillis(10)))
                .block(PATIENCE);
        assertThat(shown).containsExactly(0, 1);
        candidate.dispose();
        assertThat(reports.next().block(PATIENCE).fence()).isPositive();
        locks.close().block(PATIENCE);
    }

    private interface Gauge {
        void set(int value);
    }

    private static Mono<Void> cleanup() {
        return Mono.delay(Duration.ofMillis(10)).then();
    }

    private static Flux<Report> reporting(long fence) {
        return Flux.interval(Duration.ofMillis(10)).map(tick -> new Report(fence));
    }
}
