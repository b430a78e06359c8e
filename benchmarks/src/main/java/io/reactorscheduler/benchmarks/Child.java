package io.reactorscheduler.benchmarks;

import java.io.PrintStream;

/** The measurement of one pair, in the JVM that was started for it. */
final class Child {

    /** Threads that the JVM has before any subject was opened. */
    static final int OWN_THREADS = Meter.threads();

    private Child() {}

    /** Measures as the arguments say and prints one line of JSON. */
    static void main(Arguments arguments, PrintStream out) {
        Workload workload = Workloads.of(arguments.text("workload", ""));
        Subjects subject = Subjects.of(arguments.text("subject", ""));
        Params of = arguments.params();
        Params params = arguments.has("whole") ? of : of.scaled(subject.share());
        double warmUpSeconds = arguments.number("warm-up", 0);
        out.println(measure(workload, subject, Measurement.of(workload, subject, params, of), warmUpSeconds)
                .toJson());
        out.flush();
    }

    /** Warms up with small runs for so long, each on a subject of its own, then measures one run. */
    static Measurement measure(Workload workload, Subjects subject, Measurement blank, double warmUpSeconds) {
        Params params = Params.of(blank.params());
        Params small = workload.small(params);
        try {
            Meter warmUp = Meter.start();
            while (warmUp.seconds() < warmUpSeconds) {
                run(workload, subject, small);
            }
            return blank.withValues(run(workload, subject, params));
        } catch (Cannot e) {
            return blank.withCannot(e.reason());
        } catch (OutOfMemoryError e) {
            return blank.withFailure("out of memory");
        } catch (Exception e) {
            return blank.withFailure(e.toString());
        }
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
