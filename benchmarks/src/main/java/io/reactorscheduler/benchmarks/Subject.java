package io.reactorscheduler.benchmarks;

import java.time.Duration;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One scheduler under measurement, set up as its own documentation recommends for speed.
 *
 * <p>Each method hands work over and returns when the scheduler has all of it; the workload then waits for the runs. What
 * a subject has no means for stays as it is here: {@link Cannot}.
 */
// close may be interrupted, which javac warns of
@SuppressWarnings("try")
interface Subject extends AutoCloseable {

    /** Runs {@code work} {@code n} times as soon as possible, each as a task of its own, handed over in bulk if it can. */
    default void fireNow(int n, Runnable work) throws Exception {
        throw new Cannot("has no tasks");
    }

    /** As {@link #fireNow}, with one call for each task. */
    default void fireNowEach(int n, Runnable work) throws Exception {
        fireNow(n, work);
    }

    /** Runs each of these once when it is due. */
    default void fireAt(Due due) throws Exception {
        throw new Cannot("has no due times");
    }

    /** Runs each of these first when it is due and then at a fixed rate. */
    default void fireEvery(Due first, Duration period) throws Exception {
        throw new Cannot("has no fixed rate");
    }

    /** Runs each of these at the times of its cron expression, in UTC. */
    default void fireByCron(Iterable<CronJob> jobs) throws Exception {
        throw new Cannot("has no cron expressions");
    }

    /** Runs {@code work} each minute of so much virtual time, which passes within the call. */
    default void fireEachMinute(Duration time, Runnable work) throws Exception {
        throw new Cannot("has no virtual time");
    }

    /** The next fire times of a cron expression in UTC, {@code steps} in a row; gives the last, in epoch seconds. */
    default long walk(CronText cron, long fromEpochSecond, int steps) throws Exception {
        throw new Cannot("has no cron expressions");
    }

    /** Schedules {@code n} tasks so far ahead and takes each back, so that nothing of it is left. */
    default void scheduleAndCancel(int n, Duration ahead) throws Exception {
        throw new Cannot("has no cancel");
    }

    /** As {@link #fireNow}, with a first attempt that fails; {@code attempt} is called with 1, then with 2. */
    default void failOnce(int n, Attempt attempt) throws Exception {
        throw new Cannot("has no retries");
    }

    /** As {@link #fireNow}, with a retry policy that is never needed. */
    default void fireWithRetry(int n, Runnable work) throws Exception {
        throw new Cannot("has no retries");
    }

    /** As {@link #fireNow}, with a timeout for each run that never comes. */
    default void fireWithTimeout(int n, Duration timeout, Runnable work) throws Exception {
        throw new Cannot("has no timeouts of runs");
    }

    /** Starts {@code n} runs at once, each of which is over when its publisher is, and then calls {@code done}. */
    default void wait(int n, Supplier<Mono<Void>> waiting, Runnable done) throws Exception {
        throw new Cannot("has a thread for each run");
    }

    /** Hands over a backlog of which nothing may start, then lets it start: higher levels first. */
    default void fireByPriority(Backlog backlog) throws Exception {
        throw new Cannot("has no priorities");
    }

    /** Runs a task whose results are {@code elements}; the returned Flux gives them to everybody who subscribes. */
    default Flux<Integer> results(Flux<Integer> elements) throws Exception {
        throw new Cannot("has no streams of results");
    }

    /** Saves {@code n} tasks that are due at once, in bulk, while nobody runs any. */
    default void enqueue(int n) throws Exception {
        throw new Cannot("keeps nothing that nobody runs");
    }

    /** As {@link #enqueue}, with one call for each task, of which so many are under way at the same time. */
    default void enqueueEach(int n, int calls) throws Exception {
        throw new Cannot("keeps nothing that nobody runs");
    }

    /** Saves {@code n} tasks that are due in an hour, in bulk. */
    default void enqueueLater(int n) throws Exception {
        throw new Cannot("has no due times");
    }

    /** Comes before anything is saved: all is kept in so many partitions at another address, which is asked for when it is needed. */
    default void partition(int partitions, Supplier<String> uri) throws Exception {
        throw new Cannot("has no partitions");
    }

    /** Runs each of so many tasks as soon as possible, dealt to so many queues in turn. */
    default void fireByQueue(int n, int queues, Runnable work) throws Exception {
        throw new Cannot("has one queue");
    }

    /** What other JVMs open to be nodes beside this one. */
    default Subjects kind() {
        throw new Cannot("keeps nothing that other nodes could run");
    }

    /** Begins to run whatever is enqueued, by this node, until it is closed. */
    default void work(Runnable work) throws Exception {
        throw new Cannot("keeps nothing that nobody runs");
    }

    @Override
    void close() throws Exception;

    /** One attempt of a run: throws what the scheduler is to see as its failure. */
    interface Attempt {

        void run(int number) throws FirstAttemptFailed;
    }

    /** The failure of a first attempt, without a stack trace: making one would be all that is measured. */
    final class FirstAttemptFailed extends Exception {

        @SuppressWarnings("StaticAssignmentOfThrowable") // it has no stack trace
        static final FirstAttemptFailed INSTANCE = new FirstAttemptFailed();

        private FirstAttemptFailed() {
            super("the first attempt always fails", null, false, false);
        }
    }
}
