package io.reactorscheduler.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reactorscheduler.Claim;
import io.reactorscheduler.ClaimBatch;
import io.reactorscheduler.ClaimRequest.Slots;
import io.reactorscheduler.DuplicateTaskException;
import io.reactorscheduler.IfExists;
import io.reactorscheduler.Outcome;
import io.reactorscheduler.Position;
import io.reactorscheduler.TaskInfo;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.TaskStore.Extra;
import io.reactorscheduler.TaskStore.Recorded;
import io.reactorscheduler.TaskStore.Saved;
import io.reactorscheduler.TaskStore.Swept;
import io.reactorscheduler.Trigger;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** Random operations, after each of which the store must stand where a simple sequential {@link Model} stands. */
abstract class ModelRules extends ModelComparison {

    private static final List<IfExists> MODES = List.of(IfExists.REPLACE, IfExists.KEEP, IfExists.FAIL);
    private static final int SEEDS = 40;
    private static final int CHECK_ALL_EVERY = 25;
    private static final long CLOCKS_APART_MICROS = 100_000;

    /** The kind of end that is success; the others are below it. */
    private static final int SUCCEEDS = 5;

    private Dice dice = new Dice(0);

    ModelRules(TaskStoreContract contract) {
        super(contract);
    }

    @RepeatedTest(value = SEEDS, name = "randomOperationsAgreeWithASequentialModel, {currentRepetition}")
    void randomOperationsAgreeWithASequentialModel(RepetitionInfo repetition) {
        long seed = contract.modelSeed() + repetition.getCurrentRepetition();
        dice = new Dice(seed);
        try {
            for (int i = 1; i <= contract.modelOperations(); i++) {
                operate();
                if (i % CHECK_ALL_EVERY == 0) {
                    checkAll();
                }
            }
            runAllThatIsDue();
            checkAll();
            removeAll();
        } catch (AssertionError | RuntimeException error) {
            throw new AssertionError("with seed " + seed + " after\n" + trace(), error);
        }
    }

    private void operate() {
        int chance = dice.below(100);
        if (chance < 18) {
            saveAny();
        } else if (chance < 40) {
            claimAny();
        } else if (chance < 62) {
            endAny();
        } else if (chance < 72) {
            advanceAny();
        } else if (chance < 80) {
            changeAny();
        } else if (chance < 86) {
            enqueueAny();
        } else if (chance < 90) {
            reportDead();
        } else if (chance < 94) {
            renewAny();
        } else if (chance < 97) {
            log("pass");
            pass(1 + dice.below(15));
        } else {
            expireAll();
        }
    }

    // ---- saving and changing

    private void saveAny() {
        Draft draft = dice.draft(dice.id(), now());
        IfExists mode = MODES.get(dice.below(MODES.size()));
        ModelTask known = model.tasks.get(draft.id());
        if (known != null && mode == IfExists.FAIL) {
            log("save " + draft.id() + " FAIL");
            assertThatThrownBy(() -> save(draft.ifExists(mode))).isInstanceOf(DuplicateTaskException.class);
            return;
        }
        boolean isOpenQuestion = known != null && (!known.waiting.isEmpty() || known.hasShort());
        if (isOpenQuestion && mode == IfExists.REPLACE) {
            return;
        }
        log("save " + draft.id() + " " + mode + " " + draft.head());
        Saved saved = save(draft.ifExists(mode));
        assertThat(saved.isNew()).isEqualTo(known == null);
        assertThat(saved.isKept()).isEqualTo(known != null && mode == IfExists.KEEP);
        if (known == null) {
            model.tasks.put(draft.id(), new ModelTask(draft));
        } else if (mode == IfExists.REPLACE) {
            boolean keepsHead = known.hasTimeline()
                    && !draft.trigger().isOnce()
                    && draft.trigger().equals(known.draft.trigger());
            known.draft = draft;
            if (!keepsHead) {
                known.start(draft.head());
                known.fired = 0;
            }
        }
        check(draft.id());
    }

    private void changeAny() {
        String id = dice.id();
        ModelTask task = model.tasks.get(id);
        if (task == null) {
            return;
        }
        switch (dice.below(4)) {
            case 0 -> cancel(id, task);
            case 1 -> resume(id, task);
            case 2 -> reschedule(id, task);
            default -> remove(id);
        }
    }

    private void cancel(String id, ModelTask task) {
        if (task.hasExtras()) {
            return;
        }
        log("cancel " + id);
        TaskInfo info = get(store.cancel(id));
        if (task.over == null) {
            task.halt(TaskState.CANCELLED);
        }
        model.assertSame(task, info);
        check(id);
    }

    private void resume(String id, ModelTask task) {
        if (task.hasShort()) {
            return;
        }
        Position head = dice.head(now());
        log("resume " + id + " " + head);
        TaskInfo info = get(store.resume(id, head));
        if (task.isHalted()) {
            task.start(head);
            task.fired = ModelTask.ANY;
        }
        model.assertSame(task, info);
        check(id);
    }

    private void reschedule(String id, ModelTask task) {
        if (!task.waiting.isEmpty() || task.hasShort()) {
            return;
        }
        Position head = dice.head(now());
        Trigger trigger = dice.trigger(id);
        log("reschedule " + id + " " + head);
        TaskInfo info = get(store.reschedule(id, trigger, head));
        task.draft = task.draft.trigger(trigger);
        task.start(head);
        task.fired = 0;
        model.assertSame(task, info);
        check(id);
    }

    private void enqueueAny() {
        String id = dice.id();
        ModelTask task = model.tasks.get(id);
        if (task == null || task.isHalted()) {
            return;
        }
        long before = now();
        String execution = get(store.enqueue(id, new Extra(before, null)));
        log("enqueue " + execution);
        assertThat(execution).startsWith(id + "#");
        ModelTask.Run run = new ModelTask.Run(Long.parseLong(execution.substring(id.length() + 1)), true);
        assertThat(task.numbers.add(run.number)).as("a new number").isTrue();
        long clocksApart = store.isShared() ? CLOCKS_APART_MICROS : 0;
        run.fireMicros = before;
        run.dueFromMicros = before - clocksApart;
        run.dueToMicros = now() + clocksApart;
        task.waiting.put(run.number, run);
        task.over = null;
        check(id);
    }

    // ---- claiming and ending

    private void claimAny() {
        List<Slots> slots = new ArrayList<>();
        for (String queue : dice.below(2) == 0 ? Dice.QUEUES : List.of("right", "left")) {
            if (dice.below(4) > 0) {
                slots.add(new Slots(queue, 1 + dice.below(4)));
            }
        }
        Set<String> handlers = dice.below(3) == 0 ? Set.of(Dice.HANDLERS.get(0)) : Set.copyOf(Dice.HANDLERS);
        claim(handlers, slots, dice.below(6) == 0);
    }

    private int claim(Set<String> handlers, List<Slots> slots, boolean isShort) {
        Node node = new Node("node-" + dice.below(2), isShort ? SHORT_LEASE : LEASE, handlers);
        ClaimBatch batch = claim(node, slots.toArray(Slots[]::new));
        log("claim " + slots + " " + handlers + (isShort ? " short" : "") + " gave "
                + batch.claims().stream().map(Claim::executionId).toList());
        model.claimed(handlers, slots, batch, isShort);
        batch.claims().forEach(claim -> check(claim.task().id()));
        return batch.claims().size();
    }

    private void endAny() {
        List<ModelTask.Run> runs = new ArrayList<>();
        List<ModelTask> owners = new ArrayList<>();
        for (ModelTask task : model.all()) {
            for (ModelTask.Run run : task.active.values()) {
                // an overlapping run writes the next head first; one with a short lease is left to expire
                if (!run.isShort && !(task.overlaps() && run.ownsTimeline)) {
                    runs.add(run);
                    owners.add(task);
                }
            }
        }
        if (!runs.isEmpty()) {
            int picked = dice.below(runs.size());
            end(owners.get(picked), runs.get(picked), dice.below(SUCCEEDS + 1));
        }
    }

    private void end(ModelTask task, ModelTask.Run run, int kind) {
        // whether the run of a task that was given another head is tried again is up to the store
        Outcome outcome = switch (run.isDetached && !task.isHalted() && kind < 2 ? SUCCEEDS : kind) {
            case 0 -> Outcome.retryAt(dice.head(now()).dueMicros(), ERROR);
            case 1 -> Outcome.released();
            case 2 -> Outcome.failed(ERROR);
            case 3 -> Outcome.cancelled("random");
            default -> SUCCESS;
        };
        boolean isApart = run.isExtra || task.overlaps() || !outcome.isFinal();
        boolean isOnce = task.draft.trigger().isOnce();
        Position next = isApart ? Position.UNCHANGED : isOnce || dice.below(8) == 0 ? Position.ENDED : dice.head(now());
        Claim claim = Objects.requireNonNull(run.claim);
        log("end " + claim.executionId() + " " + outcome.kind() + " " + next);
        Recorded recorded = end(claim, outcome, next);
        assertThat(recorded.isStale()).isFalse();
        TaskState state = model.ended(task, run, outcome, next, claim.attempt());
        if (state != null
                && !(state.isFinal() && task.overlaps() && recorded.state().isFinal())) {
            assertThat(recorded.state()).isEqualTo(state);
        }
        if (task.over != null && task.overlaps() && !task.isHalted()) {
            task.over = recorded.state();
        }
        check(claim.task().id());
    }

    private void advanceAny() {
        for (ModelTask task : model.all()) {
            for (ModelTask.Run run : task.active.values()) {
                if (task.overlaps() && !run.isExtra && dice.below(3) == 0) {
                    Position next = dice.below(8) == 0 ? Position.ENDED : dice.head(now());
                    Claim claim = Objects.requireNonNull(run.claim);
                    log("advance " + claim.executionId() + " " + next);
                    advance(claim, next);
                    model.advanced(task, run, next);
                    check(task.draft.id());
                }
            }
        }
    }

    private void reportDead() {
        if (!model.dead.isEmpty()) {
            Claim claim = model.dead.get(dice.below(model.dead.size()));
            log("report dead " + claim.executionId());
            end(claim, dice.below(2) == 0 ? SUCCESS : Outcome.released(), dice.head(now()));
            advance(claim, dice.head(now()));
            if (model.tasks.containsKey(claim.task().id())) {
                check(claim.task().id());
            }
        }
    }

    private void renewAny() {
        List<Claim> valid = new ArrayList<>();
        for (ModelTask task : model.all()) {
            for (ModelTask.Run run : task.active.values()) {
                if (!run.isShort) {
                    valid.add(Objects.requireNonNull(run.claim));
                }
            }
        }
        List<Claim> dead = model.dead.subList(Math.max(0, model.dead.size() - 5), model.dead.size());
        List<Claim> asked = new ArrayList<>(valid);
        asked.addAll(dead);
        log("renew " + asked.size());
        assertThat(get(store.renew(asked, LEASE)))
                .extracting(Claim::fence)
                .containsExactlyInAnyOrderElementsOf(
                        dead.stream().map(Claim::fence).toList());
    }

    private void expireAll() {
        pass(SHORT_LEASE.toMillis() + 20);
        Swept swept = sweep();
        log("expire " + swept.expired() + " quarantine " + swept.quarantined());
        assertThat(model.expired()).as("claims with a short lease").containsAll(swept.expired());
        assertThat(swept.quarantined())
                .as("quarantined")
                .containsExactlyInAnyOrderElementsOf(model.quarantine(contract.quarantineAfter()));
        model.all().forEach(task -> check(task.draft.id()));
    }

    // ---- the end of a test

    private void runAllThatIsDue() {
        expireAll();
        int claimed = 1;
        for (int round = 0; round < PLENTY && claimed > 0; round++) {
            endAll();
            claimed = claim(
                    Set.copyOf(Dice.HANDLERS),
                    Dice.QUEUES.stream().map(queue -> new Slots(queue, PLENTY)).toList(),
                    false);
        }
        assertThat(claimed).as("claimed in the last round").isZero();
    }

    private void endAll() {
        for (ModelTask task : model.all()) {
            for (ModelTask.Run run : List.copyOf(task.active.values())) {
                if (task.overlaps() && run.ownsTimeline) {
                    advance(Objects.requireNonNull(run.claim), Position.ENDED);
                    model.advanced(task, run, Position.ENDED);
                }
                end(task, run, SUCCEEDS);
            }
        }
    }
}
