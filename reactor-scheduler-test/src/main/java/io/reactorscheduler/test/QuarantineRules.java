package io.reactorscheduler.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Claim;
import io.reactorscheduler.ClaimBatch;
import io.reactorscheduler.ClaimRequest.Slots;
import io.reactorscheduler.Execution;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.IfExists;
import io.reactorscheduler.Outcome;
import io.reactorscheduler.Position;
import io.reactorscheduler.TaskInfo;
import io.reactorscheduler.TaskQuery;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.TaskStore.Hint;
import io.reactorscheduler.TaskStore.Swept;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Tasks that take down one node after the other. */
abstract class QuarantineRules extends StoreRules {

    private static final Node SHORT = NODE.lease(SHORT_LEASE);

    private final int after;

    QuarantineRules(TaskStoreContract contract) {
        super(contract);
        this.after = contract.quarantineAfter();
    }

    /** Claims the one task there is and loses it; gives the claim. */
    private Claim crash() {
        Claim claim = claimOne(SHORT);
        assertThat(expire()).containsExactly(claim.executionId());
        return claim;
    }

    private void crash(int times) {
        for (int i = 0; i < times; i++) {
            crash();
        }
    }

    /** Saves a task and loses it as often as it takes. */
    private Claim quarantine(Draft draft) {
        save(draft);
        crash(after - 1);
        Claim claim = crash();
        assertThat(state(draft.id())).isEqualTo(TaskState.QUARANTINED);
        return claim;
    }

    // ---- into it

    @Test
    void aTaskThatWasLostTooOftenInARowIsQuarantined() {
        save(once("a"));
        for (int i = 1; i < after; i++) {
            crash();
            assertThat(info("a").crashes()).isEqualTo(i);
            assertThat(state("a")).isEqualTo(TaskState.PENDING);
        }
        Claim claim = claimOne(SHORT);
        pass(SHORT_LEASE.toMillis() + 20);

        Swept swept = sweep();

        assertThat(swept.expired()).containsExactly(claim.executionId());
        assertThat(swept.quarantined()).containsExactly("a");
        TaskInfo info = info("a");
        assertThat(info.state()).isEqualTo(TaskState.QUARANTINED);
        assertThat(info.crashes()).isEqualTo(after);
        assertThat(info.running()).isZero();
        assertThat(info.dueTime()).isNull();
        assertThat(info.nextFireTime()).isEqualTo(instant(claim.fireMicros()));
        assertThat(sweep().quarantined()).isEmpty();
    }

    @Test
    void aQuarantinedTaskIsInNoLine() {
        quarantine(repeating("a"));

        ClaimBatch batch = claim(NODE, new Slots(QUEUE, 5));

        assertThat(batch.claims()).isEmpty();
        assertThat(batch.nextDueMicros()).containsExactly(Position.NO_TIME);
        assertThat(sweep().findings()).isEmpty();
    }

    @Test
    void theExecutionThatCrashedIsRecordedAsFailedAndSaysWhatToDo() {
        Claim claim = quarantine(once("a").input("1"));

        Execution execution = onlyExecution("a");
        assertThat(execution.id()).isEqualTo(claim.executionId());
        assertThat(execution.state()).isEqualTo(TaskState.FAILED);
        assertThat(execution.fence()).isEqualTo(claim.fence());
        assertThat(execution.attempt()).isEqualTo(1);
        assertThat(execution.node()).isEqualTo(NODE.name());
        assertThat(execution.input()).isEqualTo("1");
        assertThat(execution.startedAt()).isNotNull();
        assertThat(execution.endedAt()).isNotNull();
        assertThat(Objects.requireNonNull(execution.error()).message())
                .contains("lost " + after + " times", "\"a\"", "resume");
        assertThat(executions(ExecutionQuery.of("a").state(TaskState.FAILED))).hasSize(1);
    }

    @Test
    void whatTheLostNodeReportsAfterwardsIsStale() {
        Claim claim = quarantine(once("a"));

        assertThat(succeed(claim).isStale()).isTrue();
        assertThat(get(store.renew(List.of(claim), LEASE))).hasSize(1);
        assertThat(state("a")).isEqualTo(TaskState.QUARANTINED);
    }

    @Test
    void anEndThatANodeReportsStartsTheCountAnew() {
        for (Outcome outcome : List.of(SUCCESS, Outcome.failed(ERROR), Outcome.retryAt(past(), ERROR))) {
            String id = "a" + outcome.kind();
            save(repeating(id));
            crash(after - 1);
            Claim claim = claimOne();

            assertThat(end(claim, outcome, outcome.isFinal() ? Draft.at(past()) : Position.UNCHANGED)
                            .isStale())
                    .isFalse();

            assertThat(info(id).crashes()).isZero();
            crash(after - 1);
            assertThat(state(id)).isNotEqualTo(TaskState.QUARANTINED);
            crash();
            assertThat(state(id)).isEqualTo(TaskState.QUARANTINED);
        }
    }

    @Test
    void givingItBackLeavesTheCountAlone() {
        save(once("a"));
        crash(after - 1);
        release(claimOne());

        assertThat(info("a").crashes()).isEqualTo(after - 1);
        crash();
        assertThat(state("a")).isEqualTo(TaskState.QUARANTINED);
    }

    @Test
    void aStaleEndLeavesTheCountAlone() {
        save(once("a"));
        Claim lost = crash();
        succeed(lost);

        assertThat(info("a").crashes()).isEqualTo(1);
    }

    @Test
    void runsThatAreLostTogetherAreOneCrash() {
        save(overlapping("a"));
        for (int i = 0; i < 2 * after; i++) {
            advance(claimOne(SHORT), Draft.at(past()));
        }

        assertThat(expire()).hasSize(2 * after);

        assertThat(info("a").crashes()).isEqualTo(1);
        assertThat(state("a")).isEqualTo(TaskState.PENDING);
    }

    @Test
    void theCountIsOfTheTaskAndNotOfOneExecution() {
        save(overlapping("a").due(past()));
        for (int i = 1; i <= after; i++) {
            List<Claim> claims = claims(SHORT, 10);
            claims.forEach(claim -> advance(claim, Draft.at(past())));
            assertThat(expire()).hasSize(claims.size());
        }

        assertThat(state("a")).isEqualTo(TaskState.QUARANTINED);
    }

    @Test
    void aCancelledOrReplacedRunThatIsLostIsNoCrash() {
        start(SHORT, once("cancelled"));
        get(store.cancel("cancelled"));
        start(SHORT, once("replaced"));
        save(once("replaced").due(future()));

        expire();

        assertThat(info("cancelled").crashes()).isZero();
        assertThat(info("replaced").crashes()).isZero();
    }

    @Test
    void whatElseWaitsIsCancelledAndTheOwnersOfOtherRunsAreHinted() {
        try (HintLog hints = HintLog.open(contract, store)) {
            save(overlapping("a").due(past()));
            Claim other = claimOne();
            advance(other, Draft.at(past()));
            crash(after - 1);
            Claim claim = claimOne(SHORT);
            String waiting = enqueue("a", null);
            Claim extra = claimOne();
            assertThat(extra.executionId()).isEqualTo(waiting);
            retryAt(extra, future());

            // the extra run has reported an end, so it takes as many again
            expire();
            crash(after - 1);

            assertThat(state("a")).isEqualTo(TaskState.QUARANTINED);
            assertThat(claim.number()).isEqualTo(2);
            assertThat(execution(waiting).state()).isEqualTo(TaskState.CANCELLED);
            assertThat(execution(waiting).reason()).isNotEmpty();
            hints.await(Hint.Kind.CANCEL_TASK, "a", hint -> hint.number() >= other.fence());
            assertThat(info("a").running()).isEqualTo(1);
            assertThat(succeed(other).state()).isEqualTo(TaskState.QUARANTINED);
            assertThat(info("a").running()).isZero();
        }
    }

    private Execution execution(String id) {
        return executions("a").stream()
                .filter(execution -> execution.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aQuarantinedTaskIsFoundAndCounted() {
        quarantine(once("a"));
        save(once("b"));

        assertThat(list(store.tasks(TaskQuery.all().state(TaskState.QUARANTINED))))
                .extracting(TaskInfo::id)
                .containsExactly("a");
        assertThat(get(store.stats()).tasks())
                .containsEntry(TaskState.QUARANTINED, 1L)
                .containsEntry(TaskState.PENDING, 1L);
    }

    // ---- out of it

    @Test
    void aResumedTaskIsBackInLineAndItsCountStartsAnew() {
        quarantine(once("a"));
        long due = past();

        TaskInfo info = get(store.resume("a", Draft.at(due)));

        assertThat(info.state()).isEqualTo(TaskState.PENDING);
        assertThat(info.crashes()).isZero();
        assertThat(info.dueTime()).isEqualTo(instant(due));
        crash(after - 1);
        assertThat(succeed(claimOne()).state()).isEqualTo(TaskState.COMPLETED);
        assertThat(executions("a")).hasSize(2);
    }

    @Test
    void aRescheduledTaskIsBackInLine() {
        quarantine(once("a"));

        get(store.reschedule("a", repeating("a").trigger(), Draft.at(past())));

        assertThat(info("a").crashes()).isZero();
        assertThat(succeed(claimOne(), Draft.at(future())).state()).isEqualTo(TaskState.PENDING);
    }

    @Test
    void aReplacedTaskIsBackInLine() {
        quarantine(repeating("a"));

        assertThat(save(repeating("a").ifExists(IfExists.KEEP)).isKept()).isTrue();
        assertThat(state("a")).isEqualTo(TaskState.QUARANTINED);
        save(repeating("a"));

        assertThat(state("a")).isEqualTo(TaskState.PENDING);
        assertThat(info("a").crashes()).isZero();
        claimOne();
    }

    @Test
    void aTaskThatIsSavedAgainWithAnEqualTriggerKeepsItsCount() {
        save(repeating("a"));
        crash(after - 1);

        save(repeating("a").input("2"));

        assertThat(info("a").crashes()).isEqualTo(after - 1);
        crash();
        assertThat(state("a")).isEqualTo(TaskState.QUARANTINED);
    }

    @Test
    void aRemovedTaskIsGone() {
        quarantine(once("a"));

        get(store.remove("a"));

        assertThat(await(store.task("a"))).isNull();
        assertThat(executions(ExecutionQuery.all())).isEmpty();
        assertThat(save(once("a")).isNew()).isTrue();
        assertThat(info("a").crashes()).isZero();
    }

    @Test
    void cancellingLeavesItInQuarantine() {
        quarantine(once("a"));

        assertThat(get(store.cancel("a")).state()).isEqualTo(TaskState.QUARANTINED);
        assertThat(get(store.resume("a", Draft.at(past()))).state()).isEqualTo(TaskState.PENDING);
    }

    @Test
    void anExecutionThatIsAskedForRunsAndLeavesTheTaskInQuarantine() {
        quarantine(repeating("a"));
        enqueue("a", "\"harmless\"");

        Claim claim = claimOne();

        assertThat(claim.input()).isEqualTo("\"harmless\"");
        assertThat(succeed(claim).state()).isEqualTo(TaskState.QUARANTINED);
        assertThat(info("a").crashes()).isZero();
        assertNothingToClaim();
        assertThat(get(store.resume("a", Draft.at(past()))).state()).isEqualTo(TaskState.PENDING);
    }
}
