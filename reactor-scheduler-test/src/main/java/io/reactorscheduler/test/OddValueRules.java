package io.reactorscheduler.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Claim;
import io.reactorscheduler.ClaimBatch;
import io.reactorscheduler.ClaimRequest.Slots;
import io.reactorscheduler.Execution;
import io.reactorscheduler.ExecutionEvent;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.Outcome;
import io.reactorscheduler.Position;
import io.reactorscheduler.TaskInfo;
import io.reactorscheduler.TaskQuery;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.TaskStore.Said;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Odd but allowed values: names with any characters, long texts, times at the ends of what triggers give. */
abstract class OddValueRules extends StoreRules {

    private static final int MILLION = 1_000_000;
    private static final long MICROS_PER_SECOND = 1_000_000;

    private static final List<String> NAMES = List.of(
            "a#1",
            "a#1#2",
            "#",
            "a:b",
            "{a}b",
            "a b",
            "*",
            "[a-z]?",
            "a\\b",
            "a\"b'",
            "a\u0000b",
            "a\nb",
            "\u00fc\u4e16\ud83d\ude00",
            "%s%n",
            "null",
            "-1",
            "x".repeat(200));

    OddValueRules(TaskStoreContract contract) {
        super(contract);
    }

    @Test
    void anIdMayBeAnyText() {
        for (String id : NAMES) {
            Claim claim = start(repeating(id));
            assertThat(claim.executionId()).isEqualTo(Execution.id(id, 1));
            ExecutionEvent event =
                    new ExecutionEvent(claim.executionId(), instant(now()), ExecutionEvent.Level.INFO, id, null);
            await(store.append(List.of(new Said(claim, event))));
            assertThat(get(store.cancelExecution(claim.executionId()))).isTrue();
            assertThat(get(store.renew(List.of(claim), LEASE))).isEmpty();
            assertThat(end(claim, Outcome.cancelled(id), Draft.at(future())).isStale())
                    .isFalse();
            assertThat(onlyExecution(id).reason()).isEqualTo(id);
            assertThat(list(store.events(claim.executionId()))).containsExactly(event);
            assertThat(get(store.cancel(id)).state()).isEqualTo(TaskState.CANCELLED);
        }
        assertThat(list(store.tasks(TaskQuery.all())))
                .extracting(TaskInfo::id)
                .containsExactlyInAnyOrderElementsOf(NAMES);
        NAMES.forEach(id -> get(store.remove(id)));
        assertThat(list(store.tasks(TaskQuery.all()))).isEmpty();
        assertThat(executions(ExecutionQuery.all())).isEmpty();
    }

    @Test
    void aQueueAHandlerAKeyATagAndANodeMayHaveAnyName() {
        for (String name : NAMES) {
            declare(TaskQueue.named(name).keyConcurrency(1));
            save(once("a").queue(name).handler(name).key(name).with(task -> task.tags(name)));
            save(once("b").queue(name).handler(name).key(name));
            Slots slots = new Slots(name, 5);

            List<Claim> claims = claim(NODE.named(name).knowing(name), slots).claims();

            assertThat(ids(claims)).as(name).containsExactly("a");
            assertThat(list(store.tasks(
                            TaskQuery.all().queue(name).handler(name).tag(name))))
                    .hasSize(1);
            assertThat(onlyExecution("a").node()).isEqualTo(name);
            assertThat(Objects.requireNonNull(get(store.stats()).queues().get(name))
                            .running())
                    .isEqualTo(1);
            get(store.remove("a"));
            get(store.remove("b"));
        }
        assertThat(list(store.queues()).stream().map(TaskQueue::name).collect(Collectors.toSet()))
                .containsAll(NAMES);
    }

    @Test
    void namesThatDifferInCaseOnlyAreDifferent() {
        save(once("a"));

        assertThat(save(once("A")).isNew()).isTrue();
        assertThat(claims(5)).hasSize(2);
    }

    @Test
    void anInputAndAResultMayBeLong() {
        String input = "\"" + "i".repeat(MILLION) + "\"";
        String result = "\"" + "r".repeat(MILLION) + "\"";
        Claim claim = start(once("a").input(input));
        assertThat(claim.input()).isEqualTo(input);

        end(claim, Outcome.completed(result, result), Position.ENDED);

        assertThat(onlyExecution("a").result()).isEqualTo(result);
        assertThat(onlyExecution("a").input()).isEqualTo(input);
    }

    @Test
    void anInputAndAResultMayBeEmptyText() {
        Claim claim = start(once("a").input(""));
        assertThat(claim.input()).isEmpty();

        end(claim, Outcome.completed("", ""), Position.ENDED);

        assertThat(onlyExecution("a").result()).isEmpty();
    }

    @Test
    void aFireTimeMayBeLongAgo() {
        long longAgo = Instant.parse("0001-01-01T00:00:00.000001Z").getEpochSecond() * MICROS_PER_SECOND + 1;
        save(once("now"));
        save(once("a").due(longAgo));

        List<Claim> claims = claims(5);

        assertThat(ids(claims)).containsExactly("a", "now");
        assertThat(claims.get(0).fireMicros()).isEqualTo(longAgo);
        assertThat(claims.get(0).dueMicros()).isEqualTo(longAgo);
    }

    @Test
    void aFireTimeMayBeFarAhead() {
        long farAhead = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond() * MICROS_PER_SECOND + 999_999;
        save(once("a").due(farAhead));

        ClaimBatch batch = claim(NODE, new Slots(QUEUE, 1));

        assertThat(batch.claims()).isEmpty();
        assertThat(batch.nextDueMicros()[0]).isBetween(farAhead - MICROS_PER_SECOND, farAhead);
        assertThat(info("a").nextFireTime()).isEqualTo(instant(farAhead));
        assertThat(info("a").dueTime()).isEqualTo(instant(farAhead));
    }

    @Test
    void aPriorityMayBeAnyNumber() {
        save(once("lowest").priority(Integer.MIN_VALUE));
        save(once("zero"));
        save(once("highest").priority(Integer.MAX_VALUE));
        save(once("low").priority(Integer.MIN_VALUE + 1));
        save(once("high").priority(Integer.MAX_VALUE - 1));

        assertThat(ids(claims(5))).containsExactly("highest", "high", "zero", "low", "lowest");
    }
}
