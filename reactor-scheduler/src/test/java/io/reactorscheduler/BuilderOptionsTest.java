package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** What a program gives to the builder in the place of a default. */
class BuilderOptionsTest extends InVirtualTime {

    /** Numbers between angle brackets. */
    private static final class Bracketed implements JsonCodec {

        @Override
        public String encode(Object value) {
            return "\"<" + value + ">\"";
        }

        @Override
        public Object decode(String json, Type type) {
            return Integer.valueOf(json.substring(2, json.length() - 2));
        }
    }

    @Test
    void inputsAndResultsAreWrittenAndReadByTheGivenCodec() {
        ReactiveScheduler scheduler =
                started(builder().codec(new Bracketed()).handle(DOUBLE, (n, run) -> Mono.just(2 * n)));
        List<Integer> results = new ArrayList<>();

        now(scheduler.schedule(DOUBLE.task(21).id("t")));
        settle();
        now(scheduler.trigger("t", 4));
        settle();
        scheduler.results("t", DOUBLE).subscribe(results::add);
        settle();

        assertThat(executionsOf(scheduler, "t"))
                .extracting(execution -> execution.input() + " gave " + execution.result())
                .containsExactly("\"<4>\" gave \"<8>\"", "\"<21>\" gave \"<42>\"");
        assertThat(results).containsExactly(42, 8);
    }

    @Test
    void handlersThatBlockRunOnTheGivenScheduler() {
        Scheduler own = Schedulers.newBoundedElastic(1, 10, "own");
        ReactiveScheduler scheduler =
                ReactiveScheduler.builder().blockingScheduler(() -> own).start();
        Task<Void, String> task = Task.of(
                "where",
                HandlerFunction.blocking((none, run) -> Thread.currentThread().getName()));

        StepVerifier.create(scheduler.schedule(task).flatMapMany(ScheduledTask::results))
                .assertNext(thread -> assertThat(thread).startsWith("own"))
                .expectComplete()
                .verify(Duration.ofSeconds(10));
        scheduler.dispose();
        own.dispose();
    }

    /** A store that keeps of a trigger what a durable one can: its text. */
    private TaskStore keepingTexts() {
        InMemoryTaskStore memory =
                InMemoryTaskStore.builder().scheduler(() -> time).build();
        return StandInStore.over(memory, (called, arguments, through) -> {
            if (!called.getName().equals("save")) {
                return through.get();
            }
            NewTask given = (NewTask) arguments[0];
            Trigger read = Trigger.parse(given.task().trigger().toString());
            return memory.save(new NewTask(given.task().withTrigger(read), given.head(), given.ifExists()));
        });
    }

    @Test
    void theRuleOfATriggerThatWasReadBackIsTheOneOfItsName() {
        Trigger.Rule doubling = (previous, now) -> previous == null
                ? START.plusSeconds(1)
                : START.plus(Duration.between(START, previous).multipliedBy(2));
        List<Instant> fired = new ArrayList<>();
        ReactiveScheduler scheduler = started(
                builder().store(keepingTexts()).trigger("doubling", doubling).handle(DOUBLE, (n, run) -> {
                    fired.add(run.fireTime());
                    return Mono.empty();
                }));

        now(scheduler.schedule(DOUBLE.task(1).trigger(Trigger.custom("doubling", doubling))));
        pass(Duration.ofSeconds(5));

        assertThat(fired).containsExactly(START.plusSeconds(1), START.plusSeconds(2), START.plusSeconds(4));
    }
}
