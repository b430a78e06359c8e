package io.reactorscheduler.benchmarks;

import java.io.PrintStream;

/** The measurement of one pair, in the JVM that was started for it. */
final class Child {

    /** Threads that the JVM has before any subject was opened. */
    static final int OWN_THREADS = Meter.threads();

    private static final long FIRST_WORK = 200;
    private static final int GROWTH = 5;

    /** Which part of the budget is aimed at: larger runs may take longer than in proportion. */
    private static final double SAFETY = 0.8;

    /**
     * How much time it takes.
     *
     * @param warmUpSeconds of small runs before the one that counts
     * @param budgetSeconds of the run that counts, for slow subjects; 0 for as long as it takes
     */
    record Effort(double warmUpSeconds, double budgetSeconds) {}

    /** What was measured, and how long that took without opening and closing the subject. */
    private record Timed(Values values, double seconds) {}

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
     * it is likely to do within the budget, going by the last of the small runs. Small runs are unfair to what starts
     * slowly: as long as a run was far below the budget, a larger one counts instead.
     */
    static Measurement measure(Workload workload, Subjects subject, Measurement blank, Effort effort) {
        Measurement asked = blank;
        try {
            Params params = Params.of(blank.params());
            double workPerSecond = warmUp(workload, subject, params, effort.warmUpSeconds());
            if (!subject.isSlow() || effort.budgetSeconds() == 0 || !params.isOnlyWork()) {
                return blank.withValues(timed(workload, subject, params).values());
            }
            Params whole = params;
            params = whole.withWorkOfAtMost(workPerSecond * effort.budgetSeconds());
            while (true) {
                asked = blank.withParams(params);
                Timed one = timed(workload, subject, params);
                Values values = one.values();
                double took = Math.max(one.seconds() / 2, values.asMap().getOrDefault("seconds", 0.0));
                Params more = whole.withWorkOfAtMost(params.work() * SAFETY * effort.budgetSeconds() / took);
                if (more.work() < 2 * params.work()) {
                    return asked.withValues(values);
                }
                params = more;
            }
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
            workPerSecond = next.work() / timed(workload, subject, next).seconds();
            double took = one.seconds();
            if (small.isOnlyWork() && all.seconds() + GROWTH * took < seconds) {
                next = small.withWorkOfAtMost((double) GROWTH * next.work());
            }
        }
        return workPerSecond;
    }

    @SuppressWarnings("try")
    private static Timed timed(Workload workload, Subjects subject, Params params) throws Exception {
        Values values = new Values();
        if (workload.field() == Field.REDIS) {
            RedisServer.clear();
        }
        try (Subject opened = subject.open()) {
            Meter meter = Meter.start();
            workload.measure(opened, params, values);
            return new Timed(values, meter.seconds());
        }
    }
}
