package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reactorscheduler.Retention;
import io.reactorscheduler.TaskState;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** What a sweep did of which nobody heard is told by the next one. */
class LostSweepsTest extends LostReplies {

    @Test
    void aCrashIsCountedOnceByASweep() {
        direct.save(due(direct, "a")).block(PATIENCE);
        direct.claim(brief()).block(PATIENCE);
        Pause.of(Duration.ofMillis(5));

        withLostReply(store.sweep());

        assertThat(direct.task("a").block(PATIENCE).crashes()).isOne();
        assertThat(claim(direct, 5)).hasSize(1);
    }

    /** The caller of the first one got an error, so nothing is sent again: another call has to ask for the same reply. */
    @Test
    void whatASweepThatFailedHasFoundIsToldByTheNextOne() {
        WatchedLink link = new WatchedLink(server.uri(), PATIENCE);
        RedisTaskStore sweeper = use(new RedisTaskStore(
                new RedisSettings(namespace, 1, Retention.defaults(), Duration.ofSeconds(5), null, 3, 0), link));
        server.command("ZADD", key("e"), "1", "garbage");
        link.loseReplies(Scripts.SWEEP);
        assertThatThrownBy(() -> sweeper.sweep().block(PATIENCE)).hasMessageContaining("unheard");
        assertThat(server.command("ZCARD", key("e"))).as("it was swept").isEqualTo(0L);
        link.heal();

        assertThat(sweeper.sweep().block(PATIENCE).findings())
                .singleElement()
                .asString()
                .contains("a row of \"e\"");
        assertThat(sweeper.sweep().block(PATIENCE).findings()).isEmpty();
    }

    @Test
    void whatASweepHasFoundIsToldWhenItIsSentAgain() {
        server.command("ZADD", key("e"), "1", "garbage");

        assertThat(withLostReply(store.sweep()).findings()).hasSize(1);
        assertThat(store.sweep().block(PATIENCE).findings()).isEmpty();
    }

    /** A sweep of which nobody hears, as a node that gave it up makes another one. */
    private void sweepUnheard(String what, BooleanSupplier isDone) {
        long before = calls();
        proxy.dropReplies();
        var abandoned = store.sweep().subscribe();
        await("the call", () -> calls() > before);
        await(what, isDone);
        Pause.of(Duration.ofMillis(50));
        abandoned.dispose();
        proxy.heal();
        proxy.reset();
    }

    @Test
    void whatASweepHasQuarantinedIsToldByTheNextOne() {
        direct.save(due(direct, "a")).block(PATIENCE);
        for (int crash = 1; crash < RedisTaskStore.DEFAULT_QUARANTINE_AFTER; crash++) {
            assertThat(direct.claim(brief()).block(PATIENCE).claims()).hasSize(1);
            Pause.of(Duration.ofMillis(5));
            direct.sweep().block(PATIENCE);
        }
        direct.claim(brief()).block(PATIENCE);
        Pause.of(Duration.ofMillis(5));
        sweepUnheard("the quarantine", () -> direct.task("a").block(PATIENCE).state() == TaskState.QUARANTINED);

        assertThat(store.sweep().block(PATIENCE).quarantined()).containsExactly("a");
        assertThat(store.sweep().block(PATIENCE).quarantined()).isEmpty();
        assertThat((List<?>) server.command("KEYS", key("i:*")))
                .as("answers to sweeps that were heard")
                .allSatisfy(name -> assertThat((Long) server.command("TTL", name.toString()))
                        .isBetween(0L, 60L));
    }

    @Test
    void resultsThatASweepHasDroppedAreToldByTheNextOne() {
        RedisTaskStore brief = use(RedisTaskStore.builder()
                .uri(proxy.uri())
                .namespace(namespace)
                .retention(new Retention(1, Duration.ofMillis(1), 1))
                .commandTimeout(Duration.ofSeconds(20))
                .build());
        brief.stats().block(PATIENCE);
        direct.save(due(direct, "a")).block(PATIENCE);
        succeed(direct, claim(direct, 1).get(0));
        Pause.of(Duration.ofMillis(5));
        store = brief;
        sweepUnheard(
                "the end of the history",
                () -> server.command("EXISTS", key("f")).equals(0L));

        assertThat(store.sweep().block(PATIENCE).dropped()).containsExactly("\"ok\"");
        assertThat(store.sweep().block(PATIENCE).dropped()).isEmpty();
    }
}
