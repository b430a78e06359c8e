package io.reactorscheduler.benchmarks;

import java.io.PrintStream;

/** The measurement of one pair, in the JVM that was started for it. */
final class Child {

    /** Threads that the JVM has before any subject was opened. */
    static final int OWN_THREADS = Meter.threads();

    private static final long FIRST_WORK = 200;
    private static final int GROWTH = 5;

    /**
     * How much time it takes.
     *
     * @param warmUpSeconds of small runs before the one that counts
     * @param budgetSeconds of the run that counts, for slow subjects; 0 for as long as it takes
     */
    record Effort(double warmUpSeconds, double budgetSeconds) {}

    private Child() {}

    /** Measures as the arguments say and prints one line of JSON. */
    static void main(Arguments arguments, PrintStream out) {
        Workload workload = Workloads.of(arguments.text("workload", ""));
        Subjects subject = Subjects.of(arguments.text("subject", ""));
        Params of = arguments.params();
        Params params = arguments.has("whole") ? of : of.scaled(subject.share());
        Effort effort = new Effort(arguments.number("warm-up", 0), arguments.number("budget", 0));
        out.println(measure(workload, subject, Measurement.of(workload, subject, params, of), effort)
                .toJson());
        out.flush();
    }

    /**
     * Warms up with small runs, each on a subject of its own, then measures one run. A slow subject gets as much work as
     * it is likely to do within the budget, going by the last of the small runs.
     */
    static Measurement measure(Workload workload, Subjects subject, Measurement blank, Effort effort) {
        Measurement asked = blank;
        try {
            Params params = Params.of(blank.params());
            double workPerSecond = warmUp(workload, subject, params, effort.warmUpSeconds());
            if (subject.isSlow() && effort.budgetSeconds() > 0 && params.isOnlyWork()) {
                params = params.withWorkOfAtMost(workPerSecond * effort.budgetSeconds());
                asked = blank.withParams(params);
            }
            return asked.withValues(run(workload, subject, params));
        } catch (Cannot e) {
            return asked.withCannot(e.reason());
        } catch (OutOfMemoryError e) {
            return asked.withFailure("out of memory");
        } catch (Exception | LinkageError e) {
            return asked.withFailure(e.toString());
        }
    }

    /** Small runs, at first very small ones: some subjects need a minute for what others do in a second. */
    private static double warmUp(Workload workload, Subjects subject, Params params, double seconds) throws Exception {
        Params small = workload.small(params);
        Params next = small.isOnlyWork() ? small.withWorkOfAtMost(FIRST_WORK) : small;
        double workPerSecond = Double.POSITIVE_INFINITY;
        Meter all = Meter.start();
        while (all.seconds() < seconds) {
            Meter one = Meter.start();
            run(workload, subject, next);
            double took = one.seconds();
            workPerSecond = next.work() / took;
            if (small.isOnlyWork() && all.seconds() + GROWTH * took < seconds) {
                next = small.withWorkOfAtMost((double) GROWTH * next.work());
            }
        }
        return workPerSecond;
    }

    @SuppressWarnings("try")
    private static Values run(Workload workload, Subjects subject, Params params) throws Exception {
        Values values = new Values();
        if (workload.field() == Field.REDIS) {
            RedisServer.clear();
        }
        try (Subject opened = subject.open()) {
            workload.measure(opened, params, values);
        }
        return values;
    }
}
