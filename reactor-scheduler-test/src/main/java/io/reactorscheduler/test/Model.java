package io.reactorscheduler.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Claim;
import io.reactorscheduler.ClaimBatch;
import io.reactorscheduler.ClaimRequest.Slots;
import io.reactorscheduler.Outcome;
import io.reactorscheduler.Position;
import io.reactorscheduler.TaskInfo;
import io.reactorscheduler.TaskState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A store as simple as can be, which is told what the real one did and says whether that was allowed. */
final class Model {

    final Map<String, ModelTask> tasks = new TreeMap<>();

    /** Claims that ended, expired or were removed: what they report changes nothing. */
    final List<Claim> dead = new ArrayList<>();

    /** All fences up to the last batch are at most this. */
    private long usedFence = Long.MIN_VALUE;

    ModelTask get(String id) {
        return Objects.requireNonNull(tasks.get(id), id);
    }

    // ---- claiming

    void claimed(Set<String> handlers, List<Slots> slots, ClaimBatch batch, boolean isShort) {
        List<Long> fences = batch.claims().stream().map(Claim::fence).toList();
        assertThat(fences).doesNotHaveDuplicates().allMatch(fence -> fence > usedFence, "larger than all before");
        usedFence = fences.stream().reduce(usedFence, Math::max);
        int from = 0;
        for (int i = 0; i < slots.size(); i++) {
            Slots asked = slots.get(i);
            int to = from;
            while (to < batch.claims().size()
                    && batch.claims().get(to).task().queue().equals(asked.queue())) {
                to++;
            }
            List<Claim> claims = batch.claims().subList(from, to);
            assertThat(claims).as("within the free slots").hasSizeLessThanOrEqualTo(asked.free());
            claims.forEach(claim -> claimed(claim, handlers, batch.nowMicros(), isShort));
            assertInOrder(claims);
            long next = batch.nextDueMicros()[i];
            if (claims.size() < asked.free()) {
                long due = nextDue(asked.queue(), handlers);
                assertThat(due).as("nothing that is due is left").isGreaterThan(batch.nowMicros());
                assertThat(next).as("next due").isGreaterThan(batch.nowMicros()).isLessThanOrEqualTo(due);
            } else {
                assertBest(claims.get(claims.size() - 1), handlers, batch.nowMicros());
                assertThat(next).isLessThanOrEqualTo(Math.max(batch.nowMicros(), nextDue(asked.queue(), handlers)));
            }
            from = to;
        }
        assertThat(from)
                .as("claims of the queues that were asked for")
                .isEqualTo(batch.claims().size());
    }

    private void claimed(Claim claim, Set<String> handlers, long now, boolean isShort) {
        ModelTask task = get(claim.task().id());
        assertThat(handlers).contains(task.draft.handler());
        assertThat(claim.task().queue()).isEqualTo(task.draft.task().queue());
        assertThat(claim.dueMicros()).as("never early").isLessThanOrEqualTo(now);
        assertThat(task.isOpen()).as("%s may be claimed", claim.task().id()).isTrue();
        assertThat(claim.active()).isEqualTo(task.active.size());
        ModelTask.Run run = task.waiting.remove(claim.number());
        if (run == null) {
            run = claimedHead(task, claim);
        } else {
            assertThat(claim.dueMicros()).isBetween(run.dueFromMicros, run.dueToMicros);
        }
        assertThat(task.overlaps() || !task.isRetrying()).as("only the retry").isTrue();
        assertThat(claim.extra()).isEqualTo(run.isExtra);
        assertThat(claim.attempt()).isEqualTo(run.attempt);
        assertThat(claim.fireMicros()).isEqualTo(run.fireMicros);
        if (run.claim == null) {
            task.claimed++;
        }
        run.claim = claim;
        run.isShort = isShort;
        run.isRetry = false;
        run.isExpired = false;
        task.active.put(run.number, run);
    }

    private static ModelTask.Run claimedHead(ModelTask task, Claim claim) {
        assertThat(claim.extra()).as("%s is known", claim.executionId()).isFalse();
        assertThat(task.head.hasHead()).as("%s has a head", claim.task().id()).isTrue();
        assertThat(claim.dueMicros()).isEqualTo(task.head.dueMicros());
        assertThat(task.numbers.add(claim.number())).as("a new number").isTrue();
        if (task.fired != ModelTask.ANY) {
            assertThat(claim.fired()).isEqualTo(++task.fired);
        }
        assertThat(claim.input()).isEqualTo(task.draft.input());
        ModelTask.Run run = new ModelTask.Run(claim.number(), false);
        run.fireMicros = task.head.fireMicros();
        run.due(task.head.dueMicros());
        run.ownsTimeline = true;
        task.head = Position.ENDED;
        return run;
    }

    private static void assertInOrder(List<Claim> claims) {
        for (int i = 1; i < claims.size(); i++) {
            assertThat(isBefore(
                            claims.get(i),
                            claims.get(i - 1).task().priority(),
                            claims.get(i - 1).dueMicros()))
                    .as("order of claims")
                    .isFalse();
        }
    }

    private static boolean isBefore(Claim claim, int priority, long dueMicros) {
        return claim.task().priority() > priority
                || (claim.task().priority() == priority && claim.dueMicros() < dueMicros);
    }

    /** Nothing that is left should have gone before the last that was claimed. */
    private void assertBest(Claim last, Set<String> handlers, long now) {
        for (ModelTask task : tasks.values()) {
            boolean isDue = task.dueToMicros() <= now;
            // of several things that wait, a task that runs one after another may choose
            boolean isCandidate = task.places() == 1
                    && task.draft.task().queue().equals(last.task().queue())
                    && handlers.contains(task.draft.handler());
            if (isCandidate && isDue) {
                int priority = task.draft.task().priority();
                boolean goesFirst = priority > last.task().priority()
                        || (priority == last.task().priority() && task.dueToMicros() < last.dueMicros());
                assertThat(goesFirst)
                        .as("%s goes before %s", task.draft.id(), last.task().id())
                        .isFalse();
            }
        }
    }

    private long nextDue(String queue, Set<String> handlers) {
        return tasks.values().stream()
                .filter(task -> task.draft.task().queue().equals(queue) && handlers.contains(task.draft.handler()))
                .mapToLong(ModelTask::dueToMicros)
                .min()
                .orElse(Position.NO_TIME);
    }

    // ---- ending

    /** What the state must be after an end; null where it is left open. */
    @Nullable
    TaskState ended(ModelTask task, ModelTask.Run run, Outcome outcome, Position next, int attempt) {
        task.active.remove(run.number);
        dead.add(Objects.requireNonNull(run.claim));
        if (outcome.kind() != Outcome.Kind.RELEASED) {
            task.crashes = 0;
        }
        if (!outcome.isFinal() && !task.isHalted()) {
            run.isRetry = outcome.kind() == Outcome.Kind.RETRY_AT;
            if (run.isRetry) {
                run.attempt = attempt + 1;
                run.due(outcome.retryAtMicros());
            } else {
                run.due(run.claim.dueMicros());
            }
            task.waiting.put(run.number, run);
            return task.state();
        }
        if (!outcome.isFinal()) {
            task.isHistoryOpen = true;
        }
        task.finished++;
        if (run.ownsTimeline && !next.equals(Position.UNCHANGED)) {
            task.head = next;
        }
        task.settle(
                switch (outcome.kind()) {
                    case FAILED -> TaskState.FAILED;
                    case CANCELLED -> TaskState.CANCELLED;
                    default -> TaskState.COMPLETED;
                });
        return task.state();
    }

    void advanced(ModelTask task, ModelTask.Run run, Position next) {
        if (run.ownsTimeline) {
            task.head = next;
            run.ownsTimeline = false;
        }
    }

    /** The executions whose leases have ended, once they are known to be back in line. */
    List<String> expired() {
        List<String> expired = new ArrayList<>();
        for (ModelTask task : tasks.values()) {
            task.crashes += task.hasShort() && !task.isHalted() ? 1 : 0;
            for (ModelTask.Run run : List.copyOf(task.active.values())) {
                if (run.isShort) {
                    Claim claim = Objects.requireNonNull(run.claim);
                    expired.add(claim.executionId());
                    task.active.remove(run.number);
                    dead.add(claim);
                    if (task.isHalted()) {
                        task.isHistoryOpen = true;
                    } else {
                        run.due(claim.dueMicros());
                        run.isExpired = true;
                        task.waiting.put(run.number, run);
                    }
                }
            }
        }
        return expired;
    }

    /** Halts the tasks that have crashed so often; gives their ids. */
    List<String> quarantine(int after) {
        List<String> quarantined = new ArrayList<>();
        for (ModelTask task : tasks.values()) {
            if (task.crashes >= after && !task.isHalted()) {
                task.halt(TaskState.QUARANTINED);
                quarantined.add(task.draft.id());
            }
        }
        return quarantined;
    }

    void removed(String id) {
        ModelTask task = Objects.requireNonNull(tasks.remove(id));
        task.active.values().forEach(run -> dead.add(Objects.requireNonNull(run.claim)));
    }

    // ---- comparing

    void assertSame(ModelTask task, TaskInfo info) {
        TaskState state = task.state();
        if (state != null) {
            assertThat(info.state()).as("state").isEqualTo(state);
        }
        assertThat(info.crashes()).as("crashes").isEqualTo(task.crashes);
        assertThat(info.running()).as("running").isEqualTo(task.active.size());
        assertThat(info.executions()).as("executions").isEqualTo(task.claimed);
        assertThat(info.task().input()).as("input").isEqualTo(task.draft.input());
        if (task.over != null) {
            assertThat(info.dueTime()).as("due time").isNull();
            if (!task.isHalted()) {
                assertThat(info.nextFireTime()).as("next fire time").isNull();
            }
        } else if (task.active.isEmpty() && task.waiting.isEmpty() && task.head.hasHead()) {
            assertThat(info.nextFireTime()).as("next fire time").isEqualTo(StoreRules.instant(task.head.fireMicros()));
            assertThat(info.dueTime()).as("due time").isEqualTo(StoreRules.instant(task.head.dueMicros()));
        }
    }

    Collection<ModelTask> all() {
        return tasks.values();
    }
}
