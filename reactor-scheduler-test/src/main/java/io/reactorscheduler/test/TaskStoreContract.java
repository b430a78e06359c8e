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
 * <p>What a store owes the tests:
 *
 * <ul>
 *   <li>Each test gets an empty store of its own from {@link #createStore}, and gives it back to {@link #closeStore}.
 *   <li>After {@link #advance} at least the given time has passed for {@link TaskStore#nowMicros} and for whatever clock
 *       due times and leases are compared with. More may have passed. It is always called for less than two seconds, so
 *       a store without a clock of its own may really wait; nothing is expected to be quicker than an hour when it must
 *       not have happened yet.
 *   <li>All methods are called from one thread, or from several at once in {@link Races} and {@link RacesWithSavers}. Replies may come on any
 *       thread, and are waited for up to 30 seconds.
 *   <li>Where a limit of the store is configurable, the hooks ({@link #keptExecutions}) say what it was created with.
 * </ul>
 *
 * <p>The groups are nested classes, so a report reads as a list of sentences by theme. Failing tests of {@link RandomOperations}
 * name the seed of their random operations; {@link #modelSeed} repeats them.
 */
public abstract class TaskStoreContract {

    /** How many executions of a task are kept by a store that was not told otherwise. */
    public static final int DEFAULT_KEPT_EXECUTIONS = 100;

    /** How many tasks the races run unless they are told otherwise. */
    public static final int DEFAULT_RACE_TASKS = 10_000;

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

    /** How many tasks the races run; {@value #DEFAULT_RACE_TASKS} by default, fewer where each call takes its time. */
    protected int raceTasks() {
        return DEFAULT_RACE_TASKS;
    }

    /** Added to the seeds 1 to 40 of the random operations; 0 by default. Other numbers give other operations. */
    protected long modelSeed() {
        return 0;
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
    class Cancelling extends CancelRules {
        Cancelling() {
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
