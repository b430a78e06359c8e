package io.reactorscheduler.test;

import io.reactorscheduler.TaskStore;
import java.time.Duration;
import org.junit.jupiter.api.Nested;

/**
 * The rules of {@link TaskStore} as tests: whoever writes a store extends this class and runs it.
 *
 * <p>Two methods make a test of a store, one that creates it and one that lets its clock pass:
 *
 * <pre>{@code
 * class MyTaskStoreTest extends TaskStoreContract {
 *
 *     @Override
 *     protected TaskStore createStore() {
 *         return new MyTaskStore(freshNamespace());
 *     }
 *
 *     @Override
 *     protected void advance(Duration time) {
 *         // virtual time, the clock of a test server, or really waiting
 *     }
 * }
 * }</pre>
 *
 * <p>What the tests rely on:
 *
 * <ul>
 *   <li>Each test gets a store of its own from {@link #createStore}, without tasks and queues, and gives it back to
 *       {@link #closeStore}.
 *   <li>After {@link #advance} at least the given time has passed, for {@link TaskStore#nowMicros} and for whatever clock
 *       due times and leases are compared with. More may have passed: what must not happen yet is an hour away. It is
 *       never asked for two seconds or more, so a store without a clock of its own may really wait; then all tests take
 *       about a minute, in virtual time some seconds.
 *   <li>Methods are called from one thread, in {@link Races} and {@link RacesWithSavers} from several at once. Replies
 *       may come on any thread and are waited for up to 30 seconds.
 *   <li>The store keeps {@link #keptExecutions} of each task and at least half as many in all as {@link #raceTasks}, and
 *       deletes none for its age within a test.
 * </ul>
 *
 * <p>The rules are grouped in nested classes and each is a sentence, so a report of a run reads as the list of what holds.
 * {@link RandomOperations} compares the store with a simple sequential model; where they differ, the failure names the
 * seed and the last operations. {@link #modelSeed} gives other seeds.
 *
 * <p>What the rules leave open, the tests do not ask for: whether a hint comes that nobody needs, what a store remembers
 * of retries that were cancelled, in which order a task takes its retries and extra executions when several are due.
 */
public abstract class TaskStoreContract {

    /** How many executions of a task are kept by a store that was not told otherwise. */
    public static final int DEFAULT_KEPT_EXECUTIONS = 100;

    /** How many tasks the races run unless they are told otherwise. */
    public static final int DEFAULT_RACE_TASKS = 10_000;

    /** After how many crashes in a row a task is put in quarantine by a store that was not told otherwise. */
    public static final int DEFAULT_QUARANTINE_AFTER = 3;

    private static final int DEFAULT_MODEL_OPERATIONS = 300;

    /** For subclasses. */
    protected TaskStoreContract() {}

    /** A new store that knows no tasks and no queues and shares its data with no other. */
    protected abstract TaskStore createStore();

    /**
     * Lets at least this much time pass for the store; returns when it has passed.
     *
     * @param time above zero and below two seconds
     */
    protected abstract void advance(Duration time);

    /** Lets go of what a store holds; called after each test. Does nothing by default. */
    protected void closeStore(TaskStore store) {}

    /** How many finished executions of one task the created store keeps; {@value #DEFAULT_KEPT_EXECUTIONS} by default. */
    protected int keptExecutions() {
        return DEFAULT_KEPT_EXECUTIONS;
    }

    /**
     * After how many crashes in a row the created store puts a task in quarantine, at least 2; {@value
     * #DEFAULT_QUARANTINE_AFTER} by default.
     */
    protected int quarantineAfter() {
        return DEFAULT_QUARANTINE_AFTER;
    }

    /** How many tasks the races run; {@value #DEFAULT_RACE_TASKS} by default; fewer where each call takes its time, at least 100. */
    protected int raceTasks() {
        return DEFAULT_RACE_TASKS;
    }

    /** Added to the seeds 1 to 40 of the random operations; 0 by default. Other numbers give other operations. */
    protected long modelSeed() {
        return 0;
    }

    /** How many random operations each seed makes; {@value #DEFAULT_MODEL_OPERATIONS} by default. */
    protected int modelOperations() {
        return DEFAULT_MODEL_OPERATIONS;
    }

    @Nested
    class Saving extends SavingRules {
        Saving() {
            super(TaskStoreContract.this);
        }
    }

    @Nested
    class Replacing extends ReplacingRules {
        Replacing() {
            super(TaskStoreContract.this);
        }
    }

    @Nested
    class Claiming extends ClaimRules {
        Claiming() {
            super(TaskStoreContract.this);
        }
    }

    @Nested
    class Limits extends LimitRules {
        Limits() {
            super(TaskStoreContract.this);
        }
    }

    @Nested
    class Timelines extends TimelineRules {
        Timelines() {
            super(TaskStoreContract.this);
        }
    }

    @Nested
    class ExtraExecutions extends ExtraRules {
        ExtraExecutions() {
            super(TaskStoreContract.this);
        }
    }

    @Nested
    class Completions extends CompletionRules {
        Completions() {
            super(TaskStoreContract.this);
        }
    }

    @Nested
    class Retries extends RetryRules {
        Retries() {
            super(TaskStoreContract.this);
        }
    }

    @Nested
    class Leases extends LeaseRules {
        Leases() {
            super(TaskStoreContract.this);
        }
    }

    @Nested
    class Quarantine extends QuarantineRules {
        Quarantine() {
            super(TaskStoreContract.this);
        }
    }

    @Nested
    class Cancelling extends CancelRules {
        Cancelling() {
            super(TaskStoreContract.this);
        }
    }

    @Nested
    class Queues extends QueueRules {
        Queues() {
            super(TaskStoreContract.this);
        }
    }

    @Nested
    class Queries extends QueryRules {
        Queries() {
            super(TaskStoreContract.this);
        }
    }

    @Nested
    class History extends HistoryRules {
        History() {
            super(TaskStoreContract.this);
        }
    }

    @Nested
    class Hints extends HintRules {
        Hints() {
            super(TaskStoreContract.this);
        }
    }

    @Nested
    class Cold extends ColdRules {
        Cold() {
            super(TaskStoreContract.this);
        }
    }

    @Nested
    class Races extends RaceRules {
        Races() {
            super(TaskStoreContract.this);
        }
    }

    @Nested
    class RandomOperations extends ModelRules {
        RandomOperations() {
            super(TaskStoreContract.this);
        }
    }

    @Nested
    class OddValues extends OddValueRules {
        OddValues() {
            super(TaskStoreContract.this);
        }
    }

    @Nested
    class RacesWithSavers extends WaitingRaceRules {
        RacesWithSavers() {
            super(TaskStoreContract.this);
        }
    }
}
